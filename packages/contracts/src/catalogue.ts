import type { DescEnum, DescService } from "@bufbuild/protobuf";
import { AuthService } from "../gen/tessera/auth/v1/auth_service_pb.ts";
import { ReasonSchema as AuthReasonSchema } from "../gen/tessera/auth/v1/reason_pb.ts";
import { ReasonSchema as GatewayReasonSchema } from "../gen/tessera/gateway/v1/reason_pb.ts";
import { ProjectService } from "../gen/tessera/project/v1/project_service_pb.ts";
import { ReasonSchema as ProjectReasonSchema } from "../gen/tessera/project/v1/reason_pb.ts";
import { ReasonSchema as RpcReasonSchema } from "../gen/tessera/rpc/v1/reason_pb.ts";
import { ReasonSchema as TaskReasonSchema } from "../gen/tessera/task/v1/reason_pb.ts";
import { TaskService } from "../gen/tessera/task/v1/task_service_pb.ts";

/** Every service of the system. */
export const SERVICES: readonly DescService[] = [AuthService, ProjectService, TaskService];

/** Every enum of reasons. A reason's name is unique among all of them. */
export const REASONS: readonly DescEnum[] = [
  GatewayReasonSchema,
  RpcReasonSchema,
  AuthReasonSchema,
  ProjectReasonSchema,
  TaskReasonSchema,
];
