import { randomBytes, randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
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
import { ValidationService } from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import { freePorts } from "@tessera/launch/ports.ts";
import { newServiceAccounts } from "@tessera/launch/service-accounts.ts";
import { type Connection, connect } from "@tessera/rpc/connect.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { readConfig as readAuthConfig } from "../../../services/auth/src/config.ts";
import { MIGRATIONS as AUTH_MIGRATIONS } from "../../../services/auth/src/migrations.ts";
import { startAuth } from "../../../services/auth/src/start.ts";
import { readConfig as readGatewayConfig } from "../../../services/gateway/src/config.ts";
import { startGateway } from "../../../services/gateway/src/start.ts";
import { checkAnswers } from "../../../services/gateway/src/testing/answer-check.ts";
import { readConfig as readProjectConfig } from "../../../services/project/src/config.ts";
import { MIGRATIONS as PROJECT_MIGRATIONS } from "../../../services/project/src/migrations.ts";
import { startProject } from "../../../services/project/src/start.ts";
import { readConfig as readTaskConfig } from "../../../services/task/src/config.ts";
import { MIGRATIONS as TASK_MIGRATIONS } from "../../../services/task/src/migrations.ts";
import { startTask } from "../../../services/task/src/start.ts";
import { PATIENT, testDatabase } from "./database.ts";

export type TestSystem = Awaited<ReturnType<typeof testSystem>>;

const BASE = {
  GRPC_HOST: "127.0.0.1",
  HTTP_HOST: "127.0.0.1",
  GRPC_PORT: "0",
  HTTP_PORT: "0",
  KEYS_PORT: "0",
  DRAIN_MILLISECONDS: "0",
  TOKEN_ISSUER: "http://localhost/tessera",
  DEVELOPMENT_SIGN_IN: "true",
  ...Object.fromEntries(Object.entries(PATIENT).map(([name, value]) => [name, String(value)])),
};

const LOG = createLog({ name: "test", level: process.env.TEST_LOG === "true" ? "error" : "silent" });

/**
 * The whole system in this process: three services, each with a database of its own, and the gateway. Every answer of the gateway
 * is held against the OpenAPI document: `stop` throws if one is not as described. If it `followsWork`, the services that start
 * before the task service know where that will listen, and follow its feed.
 */
export async function testSystem(
  settings: Record<string, string> = {},
  { followsWork = false, log = LOG } = {},
) {
  await using begun = new AsyncDisposableStack();
  const databases = {
    auth: await testDatabase(AUTH_MIGRATIONS),
    project: await testDatabase(PROJECT_MIGRATIONS),
    task: await testDatabase(TASK_MIGRATIONS),
  };
  for (const database of Object.values(databases)) begun.defer(() => database.drop());
  const accounts = newServiceAccounts();
  const base = {
    ...BASE,
    KEY_ENCRYPTION_SECRET: randomBytes(32).toString("hex"),
    SERVICE_ACCOUNTS: accounts.registered,
    ...settings,
  };
  const as = (service: string) => ({ SERVICE_ACCOUNT: accounts.own(service) });

  const { taskPort, following } = await whereTasksWillBe(followsWork);
  const auth = await startAuth(
    readAuthConfig({ ...base, ...following, DATABASE_URL: databases.auth.url }),
    log,
  );
  begun.defer(() => auth.stop());
  const found = { ...base, AUTH_ADDRESS: auth.address, AUTH_HTTP_URL: auth.httpUrl, JWKS_URL: auth.keysUrl };
  const project = await startProject(
    readProjectConfig({ ...found, ...following, ...as("project"), DATABASE_URL: databases.project.url }),
    log,
  );
  begun.defer(() => project.stop());
  const asked = { ...found, PROJECT_ADDRESS: project.address };
  const task = await startTask(
    readTaskConfig({
      ...{ ...asked, ...as("task"), GRPC_PORT: String(taskPort) },
      DATABASE_URL: databases.task.url,
      TABLES_DISTRIBUTED: String(databases.task.isDistributed),
    }),
    log,
  );
  begun.defer(() => task.stop());
  const gateway = await restartableGateway({ ...asked, TASK_ADDRESS: task.address }, log);
  begun.defer(() => gateway.stop());

  const connections = {
    auth: connect(auth.address),
    project: connect(project.address),
    task: connect(task.address),
  };
  for (const connection of Object.values(connections)) begun.defer(() => connection.close());
  const running = begun.move();
  const clients = clientsOf(connections);
  return {
    url: gateway.url,
    addresses: { auth: auth.address, project: project.address, task: task.address },
    databases,
    connections,
    ...clients,
    /** Signs somebody in: what the calls of that person carry. */
    signIn: async (name: string) => {
      const { accessToken } = await clients.auth.createSession({ requestId: randomUUID(), name });
      return { headers: { authorization: `Bearer ${accessToken}` } };
    },
    /** Takes one service away, for good. */
    stopOne: (service: "auth" | "project") => ({ auth, project })[service].stop(),
    restartGateway: gateway.restart,
    stop: () => running.disposeAsync(),
  };
}

/** A gateway that can be stopped, and started again at the same address. The answers of all of them are checked. */
async function restartableGateway(settings: Record<string, string>, log: typeof LOG) {
  const open = (port: string) => startGateway(readGatewayConfig({ ...settings, HTTP_PORT: port }), log);
  let gateway = await open(settings.HTTP_PORT ?? "0");
  const answers = checkAnswers(gateway.url, {
    services: SERVICES,
    maker: "services",
    hasPages: settings.CONSOLE_ADDRESS !== undefined,
  });
  return {
    url: gateway.url,
    stop: async () => {
      await gateway.stop();
      answers.stop();
    },
    /** Does something while there is no gateway. */
    restart: async (meanwhile: () => Promise<unknown>) => {
      const { port } = new URL(gateway.url);
      await gateway.stop();
      await meanwhile();
      gateway = await open(port);
    },
  };
}

function clientsOf(connections: Record<"auth" | "project" | "task", Connection>) {
  return {
    auth: createClient(AuthService, connections.auth),
    project: createClient(ProjectService, connections.project),
    task: {
      ...createClient(TaskService, connections.task),
      ...createClient(LockService, connections.task),
      ...createClient(SubmissionService, connections.task),
      ...createClient(AssignmentService, connections.task),
      ...createClient(CommentService, connections.task),
      ...createClient(OperationService, connections.task),
      ...createClient(ContributionService, connections.task),
      ...createClient(StatisticsService, connections.task),
      ...createClient(ReportService, connections.task),
      ...createClient(ValidationService, connections.task),
      ...createClient(TaskEventService, connections.task),
    },
  };
}

async function whereTasksWillBe(followsWork: boolean) {
  if (!followsWork) return { taskPort: 0, following: {} };
  const { task } = await freePorts();
  return { taskPort: task, following: { TASK_ADDRESS: `127.0.0.1:${task}` } };
}
