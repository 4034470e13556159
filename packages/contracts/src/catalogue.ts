import type { DescEnum, DescService } from "@bufbuild/protobuf";
import { AuthEventService } from "../gen/tessera/auth/v1/auth_event_service_pb.ts";
import { AuthService } from "../gen/tessera/auth/v1/auth_service_pb.ts";
import { InvitationService } from "../gen/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestService } from "../gen/tessera/auth/v1/join_request_service_pb.ts";
import { MembershipService } from "../gen/tessera/auth/v1/membership_service_pb.ts";
import { OrganisationService } from "../gen/tessera/auth/v1/organisation_service_pb.ts";
import { PersonalAccessTokenService } from "../gen/tessera/auth/v1/personal_access_token_service_pb.ts";
import { ReasonSchema as AuthReasonSchema } from "../gen/tessera/auth/v1/reason_pb.ts";
import { RevocationService } from "../gen/tessera/auth/v1/revocation_service_pb.ts";
import { ServiceAccountService } from "../gen/tessera/auth/v1/service_account_service_pb.ts";
import { SigningKeyService } from "../gen/tessera/auth/v1/signing_key_service_pb.ts";
import { TeamService } from "../gen/tessera/auth/v1/team_service_pb.ts";
import { TokenService } from "../gen/tessera/auth/v1/token_service_pb.ts";
import { UserService } from "../gen/tessera/auth/v1/user_service_pb.ts";
import { ReasonSchema as GatewayReasonSchema } from "../gen/tessera/gateway/v1/reason_pb.ts";
import { AccessService } from "../gen/tessera/project/v1/access_service_pb.ts";
import { AreaService } from "../gen/tessera/project/v1/area_service_pb.ts";
import { ExchangeService } from "../gen/tessera/project/v1/exchange_service_pb.ts";
import { FavouriteService } from "../gen/tessera/project/v1/favourite_service_pb.ts";
import { LicenceService } from "../gen/tessera/project/v1/licence_service_pb.ts";
import { ProjectEventService } from "../gen/tessera/project/v1/project_event_service_pb.ts";
import { ProjectService } from "../gen/tessera/project/v1/project_service_pb.ts";
import { ProjectTileService } from "../gen/tessera/project/v1/project_tile_service_pb.ts";
import { ReasonSchema as ProjectReasonSchema } from "../gen/tessera/project/v1/reason_pb.ts";
import { ReasonSchema as RpcReasonSchema } from "../gen/tessera/rpc/v1/reason_pb.ts";
import { AssignmentService } from "../gen/tessera/task/v1/assignment_service_pb.ts";
import { CommentService } from "../gen/tessera/task/v1/comment_service_pb.ts";
import { ContributionService } from "../gen/tessera/task/v1/contribution_service_pb.ts";
import { LockService } from "../gen/tessera/task/v1/lock_service_pb.ts";
import { OperationService } from "../gen/tessera/task/v1/operation_service_pb.ts";
import { ReasonSchema as TaskReasonSchema } from "../gen/tessera/task/v1/reason_pb.ts";
import { ReportService } from "../gen/tessera/task/v1/report_service_pb.ts";
import { StatisticsService } from "../gen/tessera/task/v1/statistics_service_pb.ts";
import { SubmissionService } from "../gen/tessera/task/v1/submission_service_pb.ts";
import { TaskEventService } from "../gen/tessera/task/v1/task_event_service_pb.ts";
import { TaskService } from "../gen/tessera/task/v1/task_service_pb.ts";
import { TaskTileService } from "../gen/tessera/task/v1/task_tile_service_pb.ts";
import { ValidationService } from "../gen/tessera/task/v1/validation_service_pb.ts";

/** Every service of the system, each of its own type. */
export const TYPED_SERVICES = [
  AuthService,
  RevocationService,
  TokenService,
  ServiceAccountService,
  PersonalAccessTokenService,
  SigningKeyService,
  UserService,
  AuthEventService,
  OrganisationService,
  TeamService,
  JoinRequestService,
  InvitationService,
  MembershipService,
  ProjectService,
  FavouriteService,
  LicenceService,
  AreaService,
  ProjectEventService,
  ExchangeService,
  ProjectTileService,
  AccessService,
  TaskService,
  LockService,
  SubmissionService,
  AssignmentService,
  CommentService,
  ReportService,
  OperationService,
  ContributionService,
  StatisticsService,
  TaskEventService,
  TaskTileService,
  ValidationService,
] as const;

/** Every service of the system. */
export const SERVICES: readonly DescService[] = TYPED_SERVICES;

/** Every enum of reasons. A reason's name is unique among all of them. */
export const REASONS: readonly DescEnum[] = [
  GatewayReasonSchema,
  RpcReasonSchema,
  AuthReasonSchema,
  ProjectReasonSchema,
  TaskReasonSchema,
];
