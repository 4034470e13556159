// Locks the first free task of a project, hands it in, and reads both from the feed.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	auth "tesserapb/tessera/auth/v1"
	task "tesserapb/tessera/task/v1"
)

const (
	triesMax = 8
	timeout  = 5 * time.Second
	pause    = 200 * time.Millisecond
)

// reasonOf returns the reason of a refusal; "" for an error without one: the outcome is unknown.
func reasonOf(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.Reason
		}
	}
	return ""
}

// isDecided says whether an error is a refusal that does not pass by itself.
func isDecided(err error) bool {
	switch reasonOf(err) {
	case "", "OVERLOADED", "CONTENDED", "RATE_LIMITED":
		return false
	}
	return true
}

// command sends a command until it is acknowledged or refused. Each try has the same request id, so it has one effect.
func command(ctx context.Context, send func(ctx context.Context, requestID string) error) error {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	var err error
	for try := 0; try < triesMax; try++ {
		limited, cancel := context.WithTimeout(ctx, timeout)
		err = send(limited, fmt.Sprintf("%x", id))
		cancel()
		if err == nil || isDecided(err) {
			return err
		}
		time.Sleep(pause)
	}
	return err
}

// follow hands the messages of the feed to see until that returns false. It resumes after the last position when the
// stream ends or breaks.
func follow(ctx context.Context, events task.TaskEventServiceClient, projectID int32, position string,
	see func(*task.WatchTaskEventsResponse) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for {
		request := &task.WatchTaskEventsRequest{ProjectId: &projectID, Position: position, FromStart: true}
		stream, err := events.WatchTaskEvents(ctx, request)
		for err == nil {
			var message *task.WatchTaskEventsResponse
			if message, err = stream.Recv(); err != nil {
				break
			}
			position = message.Position
			if !see(message) {
				return nil
			}
		}
		if isDecided(err) {
			return err
		}
		time.Sleep(pause)
	}
}

// lockFirst locks the first task that nobody holds.
func lockFirst(ctx context.Context, locks task.LockServiceClient, tasks []*task.Task) (taskID int32, token int64) {
	for _, it := range tasks {
		err := command(ctx, func(ctx context.Context, requestID string) error {
			response, err := locks.LockTask(ctx, &task.LockTaskRequest{RequestId: requestID, ProjectId: it.ProjectId,
				TaskId: it.TaskId, Purpose: task.LockPurpose_LOCK_PURPOSE_MAPPING})
			token = response.GetToken()
			return err
		})
		if err == nil {
			return it.TaskId, token
		}
		if reasonOf(err) != "TASK_LOCKED" {
			log.Fatal(err)
		}
		fmt.Printf("task %d: TASK_LOCKED\n", it.TaskId)
	}
	log.Fatal("every task is locked")
	return
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// dial connects in clear. In production, grpc.WithTransportCredentials with the certificates of the deployment.
func dial(variable string) *grpc.ClientConn {
	connection, err := grpc.Dial(os.Getenv(variable), grpc.WithInsecure())
	must(err)
	return connection
}

func main() {
	number, err := strconv.Atoi(os.Getenv("TESSERA_PROJECT_ID"))
	must(err)
	projectID := int32(number)
	ctx := context.Background()
	authService, taskService := dial("TESSERA_AUTH"), dial("TESSERA_TASK")

	tokens := auth.NewTokenServiceClient(authService)
	must(command(ctx, func(limited context.Context, requestID string) error {
		granted, err := tokens.CreateKeyToken(limited, &auth.CreateKeyTokenRequest{
			RequestId: requestID, PersonalAccessToken: os.Getenv("TESSERA_TOKEN")})
		ctx = metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+granted.GetAccessToken())
		return err
	}))

	filter := &task.TaskFilter{States: []task.TaskState{task.TaskState_TASK_STATE_READY}}
	list, err := task.NewTaskServiceClient(taskService).ListTasks(ctx,
		&task.ListTasksRequest{ProjectId: projectID, Filter: filter})
	must(err)
	taskID, token := lockFirst(ctx, task.NewLockServiceClient(taskService), list.Tasks)
	submissions := task.NewSubmissionServiceClient(taskService)
	must(command(ctx, func(ctx context.Context, requestID string) error {
		_, err := submissions.SubmitTask(ctx, &task.SubmitTaskRequest{RequestId: requestID, ProjectId: projectID,
			TaskId: taskID, LockToken: token, Result: task.SubmissionResult_SUBMISSION_RESULT_MAPPED})
		return err
	}))
	fmt.Printf("task %d: handed in\n", taskID)

	events := task.NewTaskEventServiceClient(taskService)
	position := ""
	kinds := []task.TaskEventKind{
		task.TaskEventKind_TASK_EVENT_KIND_LOCKED, task.TaskEventKind_TASK_EVENT_KIND_SUBMITTED}
	for _, kind := range kinds {
		// The second round resumes after the position that the first one kept.
		must(follow(ctx, events, projectID, position, func(message *task.WatchTaskEventsResponse) bool {
			position = message.Position
			event := message.GetEvent()
			return event.GetTaskId() != taskID || event.GetKind() != kind
		}))
		fmt.Printf("task %d: %s\n", taskID, kind)
	}
}
