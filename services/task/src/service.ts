import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { StatisticsService } from "@tessera/contracts/tessera/task/v1/statistics_service_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import { ValidationService } from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import { type Served, served } from "@tessera/rpc/serve.ts";
import { assignmentService } from "./assignments/assignment-service.ts";
import { contributionService } from "./contributions/contribution-service.ts";
import type { Deps } from "./deps.ts";
import { taskEventService } from "./events/task-event-service.ts";
import { lockService } from "./locks/lock-service.ts";
import { operationService } from "./operations/operation-service.ts";
import { statisticsService } from "./statistics/statistics-service.ts";
import { submissionService } from "./submissions/submission-service.ts";
import { validationService } from "./submissions/validation-service.ts";
import { commentService } from "./talk/comment-service.ts";
import { reportService } from "./talk/report-service.ts";
import { taskService } from "./tasks/task-service.ts";
import { taskTileService } from "./tiles/task-tile-service.ts";

/** All gRPC services of tessera.task.v1. */
export function taskServices(deps: Deps): Served[] {
  return [
    served(TaskService, taskService(deps)),
    served(LockService, lockService(deps)),
    served(SubmissionService, submissionService(deps)),
    served(AssignmentService, assignmentService(deps)),
    served(CommentService, commentService(deps)),
    served(OperationService, operationService(deps)),
    served(ContributionService, contributionService(deps)),
    served(StatisticsService, statisticsService(deps)),
    served(ReportService, reportService(deps)),
    served(TaskEventService, taskEventService(deps)),
    served(ValidationService, validationService(deps)),
    served(TaskTileService, taskTileService(deps)),
  ];
}
