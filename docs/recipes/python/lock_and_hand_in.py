"""Locks the first free task of a project, hands it in, and reads both from the feed."""

import os
import sys
import time
import uuid

import grpc
from google.rpc import error_details_pb2, status_pb2

from tessera.auth.v1 import token_service_pb2, token_service_pb2_grpc
from tessera.task.v1 import lock_pb2, lock_service_pb2, lock_service_pb2_grpc, submission_pb2
from tessera.task.v1 import submission_service_pb2, submission_service_pb2_grpc, task_event_pb2
from tessera.task.v1 import task_event_service_pb2, task_event_service_pb2_grpc, task_pb2
from tessera.task.v1 import task_service_pb2, task_service_pb2_grpc

TRIES_MAX = 8
TIMEOUT_SECONDS = 5
PAUSE_SECONDS = 0.2
PASSES_BY_ITSELF = ("OVERLOADED", "CONTENDED", "RATE_LIMITED")


def reason_of(error):
    """Returns the reason of a refusal; None for an error without one: the outcome is unknown."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info.reason
    return None


def command(rpc, request, metadata=()):
    """Sends a command until it is acknowledged or refused. Each try has the same request id, so it has one effect."""
    request.request_id = str(uuid.uuid4())
    for tries_left in reversed(range(TRIES_MAX)):
        try:
            return rpc(request, timeout=TIMEOUT_SECONDS, metadata=metadata)
        except grpc.RpcError as error:
            reason = reason_of(error)
            if (reason and reason not in PASSES_BY_ITSELF) or tries_left == 0:
                raise
            time.sleep(PAUSE_SECONDS)


def follow(events, metadata, project_id, position=""):
    """Yields the messages of the feed, and resumes after the last position when the stream ends or breaks."""
    while True:
        request = task_event_service_pb2.WatchTaskEventsRequest(
            project_id=project_id, position=position, from_start=True
        )
        try:
            for message in events.WatchTaskEvents(request, metadata=metadata):
                position = message.position
                yield message
        except grpc.RpcError as error:
            reason = reason_of(error)
            if reason and reason not in PASSES_BY_ITSELF:
                raise
        time.sleep(PAUSE_SECONDS)


def lock_first(locks, metadata, tasks):
    """Locks the first task that nobody holds."""
    for task in tasks:
        request = lock_service_pb2.LockTaskRequest(
            project_id=task.project_id, task_id=task.task_id, purpose=lock_pb2.LOCK_PURPOSE_MAPPING
        )
        try:
            return task.task_id, command(locks.LockTask, request, metadata).token
        except grpc.RpcError as error:
            if reason_of(error) != "TASK_LOCKED":
                raise
            print(f"task {task.task_id}: TASK_LOCKED")
    sys.exit("every task is locked")


def main():
    project_id = int(os.environ["TESSERA_PROJECT_ID"])
    # In production, grpc.secure_channel with the certificates of the deployment.
    auth = grpc.insecure_channel(os.environ["TESSERA_AUTH"])
    task = grpc.insecure_channel(os.environ["TESSERA_TASK"])
    request = token_service_pb2.CreateKeyTokenRequest(personal_access_token=os.environ["TESSERA_TOKEN"])
    granted = command(token_service_pb2_grpc.TokenServiceStub(auth).CreateKeyToken, request)
    metadata = (("authorization", f"Bearer {granted.access_token}"),)

    tasks = task_service_pb2_grpc.TaskServiceStub(task).ListTasks(
        task_service_pb2.ListTasksRequest(
            project_id=project_id, filter=task_service_pb2.TaskFilter(states=[task_pb2.TASK_STATE_READY])
        ),
        timeout=TIMEOUT_SECONDS,
        metadata=metadata,
    )
    locks = lock_service_pb2_grpc.LockServiceStub(task)
    task_id, token = lock_first(locks, metadata, tasks.tasks)
    command(
        submission_service_pb2_grpc.SubmissionServiceStub(task).SubmitTask,
        submission_service_pb2.SubmitTaskRequest(
            project_id=project_id,
            task_id=task_id,
            lock_token=token,
            result=submission_pb2.SUBMISSION_RESULT_MAPPED,
        ),
        metadata,
    )
    print(f"task {task_id}: handed in")

    events = task_event_service_pb2_grpc.TaskEventServiceStub(task)
    position = ""
    for kind in (task_event_pb2.TASK_EVENT_KIND_LOCKED, task_event_pb2.TASK_EVENT_KIND_SUBMITTED):
        # The second round resumes after the position that the first one kept.
        for message in follow(events, metadata, project_id, position):
            position = message.position
            if message.event.task_id == task_id and message.event.kind == kind:
                print(f"task {task_id}: {task_event_pb2.TaskEventKind.Name(kind)}")
                break


if __name__ == "__main__":
    main()
