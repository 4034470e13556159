/** In the order of the columns. */
export const STATE_NAMES = [
  "READY",
  "MAPPED",
  "VALIDATED",
  "INVALIDATED",
  "BAD_IMAGERY",
  "SPLIT",
  "WITHDRAWN",
  "DELETED",
] as const;

export const ROLES = {
  anybody: ["viewer", "mapper", "validator", "manager", "archived-mapper", "archived-manager"],
  workers: ["mapper", "validator", "manager"],
  validators: ["validator", "manager"],
  "no-managers": ["viewer", "mapper", "validator"],
  archived: ["archived-mapper", "archived-manager"],
};

/** The holder of the lock, its purpose, and whether it expired. */
export const LOCKS = {
  any: [
    "none",
    "mine-mapping",
    "mine-validation",
    "theirs-mapping",
    "theirs-validation",
    "mine-out-mapping",
    "mine-out-validation",
    "theirs-out-mapping",
    "theirs-out-validation",
  ],
  mine: ["mine-mapping", "mine-validation"],
  theirs: ["theirs-mapping", "theirs-validation"],
  "mine-out": ["mine-out-mapping", "mine-out-validation"],
  "theirs-out": ["theirs-out-mapping", "theirs-out-validation"],
  held: ["mine-mapping", "mine-validation", "theirs-mapping", "theirs-validation"],
  free: ["none", "mine-out-mapping", "mine-out-validation", "theirs-out-mapping", "theirs-out-validation"],
};

/**
 * What is answered, from the contract: a command, who sends it, what lock is on the task, and then one answer for
 * each state, or one for all of them. A reason is written in capitals; an event as what happened, with ">" and the
 * state that it gave. What happened after a lock expired comes after that: "expired+" is left out here.
 *
 * State and lock are stated for all pairs, also for those that nothing leads to.
 */
export const ANSWERS = `
lock-mapping        viewer                           any                       LEVEL_TOO_LOW
lock-mapping        archived                         any                       PROJECT_ARCHIVED
lock-mapping        workers                          free                      locked NOT_LOCKABLE NOT_LOCKABLE locked NOT_LOCKABLE NOT_LOCKABLE NOT_LOCKABLE NOT_LOCKABLE
lock-mapping        workers                          mine-mapping              nothing
lock-mapping        workers                          mine-validation,theirs    TASK_LOCKED

lock-validation     viewer,mapper                    any                       LEVEL_TOO_LOW
lock-validation     archived                         any                       PROJECT_ARCHIVED
lock-validation     validators                       free                      NOT_LOCKABLE locked NOT_LOCKABLE locked locked NOT_LOCKABLE NOT_LOCKABLE NOT_LOCKABLE
lock-validation     validators                       mine-validation           nothing
lock-validation     validators                       mine-mapping,theirs       TASK_LOCKED

lock-second-check   viewer,mapper                    any                       LEVEL_TOO_LOW
lock-second-check   archived                         any                       PROJECT_ARCHIVED
lock-second-check   validators                       free                      NOT_LOCKABLE locked locked locked locked NOT_LOCKABLE NOT_LOCKABLE NOT_LOCKABLE
lock-second-check   validators                       mine-validation           nothing
lock-second-check   validators                       mine-mapping,theirs       TASK_LOCKED

extend              viewer                           any                       LEVEL_TOO_LOW
extend              archived                         any                       PROJECT_ARCHIVED
extend              mapper                           mine-mapping              extended
extend              mapper                           mine-out-mapping          LOCK_EXPIRED
extend              mapper                           mine-validation,mine-out-validation  LEVEL_TOO_LOW
extend              validators                       mine                      extended
extend              validators                       mine-out                  LOCK_EXPIRED
extend              workers                          none,theirs,theirs-out    LOCK_NOT_HELD

release             anybody                          mine                      released
release             anybody                          mine-out                  LOCK_EXPIRED
release             anybody                          none,theirs,theirs-out    LOCK_NOT_HELD

force-release       no-managers,archived-mapper      any                       NOT_MANAGER
force-release       manager,archived-manager         free                      LOCK_NOT_FOUND
force-release       manager,archived-manager         mine                      released
force-release       manager,archived-manager         theirs                    forced

submit-MAPPED       viewer                           any                       LEVEL_TOO_LOW
submit-MAPPED       archived                         any                       PROJECT_ARCHIVED
submit-MAPPED       workers                          mine-mapping              submitted>MAPPED
submit-MAPPED       workers                          mine-validation           RESULT_NOT_ALLOWED
submit-MAPPED       workers                          mine-out                  LOCK_EXPIRED
submit-MAPPED       workers                          none,theirs,theirs-out    LOCK_NOT_HELD

submit-BAD_IMAGERY  viewer                           any                       LEVEL_TOO_LOW
submit-BAD_IMAGERY  archived                         any                       PROJECT_ARCHIVED
submit-BAD_IMAGERY  workers                          mine-mapping              submitted>BAD_IMAGERY
submit-BAD_IMAGERY  workers                          mine-validation           RESULT_NOT_ALLOWED
submit-BAD_IMAGERY  workers                          mine-out                  LOCK_EXPIRED
submit-BAD_IMAGERY  workers                          none,theirs,theirs-out    LOCK_NOT_HELD

submit-VALIDATED    viewer,mapper                    any                       LEVEL_TOO_LOW
submit-VALIDATED    archived                         any                       PROJECT_ARCHIVED
submit-VALIDATED    validators                       mine-validation           submitted>VALIDATED
submit-VALIDATED    validators                       mine-mapping              RESULT_NOT_ALLOWED
submit-VALIDATED    validators                       mine-out                  LOCK_EXPIRED
submit-VALIDATED    validators                       none,theirs,theirs-out    LOCK_NOT_HELD

submit-INVALIDATED  viewer,mapper                    any                       LEVEL_TOO_LOW
submit-INVALIDATED  archived                         any                       PROJECT_ARCHIVED
submit-INVALIDATED  validators                       mine-validation           submitted>INVALIDATED
submit-INVALIDATED  validators                       mine-mapping              RESULT_NOT_ALLOWED
submit-INVALIDATED  validators                       mine-out                  LOCK_EXPIRED
submit-INVALIDATED  validators                       none,theirs,theirs-out    LOCK_NOT_HELD

split               viewer                           any                       LEVEL_TOO_LOW
split               archived                         any                       PROJECT_ARCHIVED
split               workers                          mine-mapping              split>SPLIT
split               workers                          mine-validation           RESULT_NOT_ALLOWED
split               workers                          mine-out                  LOCK_EXPIRED
split               workers                          none,theirs,theirs-out    LOCK_NOT_HELD

undo                viewer                           any                       LEVEL_TOO_LOW
undo                archived                         any                       PROJECT_ARCHIVED
undo                workers                          held                      TASK_LOCKED
undo                mapper                           free                      NOTHING_TO_UNDO UNDO_NOT_PERMITTED UNDO_NOT_PERMITTED UNDO_NOT_PERMITTED UNDO_NOT_PERMITTED NOTHING_TO_UNDO NOTHING_TO_UNDO NOTHING_TO_UNDO
undo                validators                       free                      NOTHING_TO_UNDO undone>READY undone>MAPPED undone>MAPPED undone>READY NOTHING_TO_UNDO NOTHING_TO_UNDO NOTHING_TO_UNDO

undo-own            viewer                           any                       LEVEL_TOO_LOW
undo-own            archived                         any                       PROJECT_ARCHIVED
undo-own            workers                          held                      TASK_LOCKED
undo-own            workers                          free                      NOTHING_TO_UNDO undone>READY undone>MAPPED undone>MAPPED undone>READY NOTHING_TO_UNDO NOTHING_TO_UNDO NOTHING_TO_UNDO

undo-unread         viewer                           any                       LEVEL_TOO_LOW
undo-unread         archived                         any                       PROJECT_ARCHIVED
undo-unread         workers                          any                       TASK_CHANGED

assign              no-managers                      any                       NOT_MANAGER
assign              archived                         any                       PROJECT_ARCHIVED
assign              manager                          any                       assigned NOT_ASSIGNABLE NOT_ASSIGNABLE assigned NOT_ASSIGNABLE NOT_ASSIGNABLE NOT_ASSIGNABLE NOT_ASSIGNABLE

unassign            no-managers,archived-mapper      any                       NOT_MANAGER
unassign            manager,archived-manager         any                       unassigned

comment             anybody                          any                       commented

delete-own-comment  anybody                          any                       comment_deleted
delete-comment      no-managers,archived-mapper      any                       COMMENT_NOT_YOURS
delete-comment      manager,archived-manager         any                       comment_deleted

report              viewer                           any                       LEVEL_TOO_LOW
report              archived                         any                       PROJECT_ARCHIVED
report              mapper                           any                       reported
report              validators                       any                       reported reported>INVALIDATED reported>INVALIDATED reported reported reported reported reported

map-all             no-managers                      any                       NOT_MANAGER
map-all             archived                         any                       PROJECT_ARCHIVED
map-all             manager                          free                      state_changed>MAPPED NOT_CHANGEABLE NOT_CHANGEABLE state_changed>MAPPED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
map-all             manager                          held                      TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

validate-all        no-managers                      any                       NOT_MANAGER
validate-all        archived                         any                       PROJECT_ARCHIVED
validate-all        manager                          free                      NOT_CHANGEABLE state_changed>VALIDATED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
validate-all        manager                          held                      NOT_CHANGEABLE TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

invalidate-all      no-managers                      any                       NOT_MANAGER
invalidate-all      archived                         any                       PROJECT_ARCHIVED
invalidate-all      manager                          free                      NOT_CHANGEABLE state_changed>INVALIDATED state_changed>INVALIDATED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
invalidate-all      manager                          held                      NOT_CHANGEABLE TASK_LOCKED TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

reset-bad-imagery   no-managers                      any                       NOT_MANAGER
reset-bad-imagery   archived                         any                       PROJECT_ARCHIVED
reset-bad-imagery   manager                          free                      NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE state_changed>READY NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
reset-bad-imagery   manager                          held                      NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

reset-all           no-managers                      any                       NOT_MANAGER
reset-all           archived                         any                       PROJECT_ARCHIVED
reset-all           manager                          free                      nothing state_changed>READY state_changed>READY state_changed>READY state_changed>READY NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
reset-all           manager                          held                      TASK_LOCKED TASK_LOCKED TASK_LOCKED TASK_LOCKED TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

revert-user         no-managers                      any                       NOT_MANAGER
revert-user         archived                         any                       PROJECT_ARCHIVED
revert-user         manager                          free                      NOT_CHANGEABLE undone>READY undone>MAPPED undone>MAPPED undone>READY NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
revert-user         manager                          held                      NOT_CHANGEABLE TASK_LOCKED TASK_LOCKED TASK_LOCKED TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

revert-another      no-managers                      any                       NOT_MANAGER
revert-another      archived                         any                       PROJECT_ARCHIVED
revert-another      manager                          any                       NOT_CHANGEABLE

split-all           no-managers                      any                       NOT_MANAGER
split-all           archived                         any                       PROJECT_ARCHIVED
split-all           manager                          free                      split>SPLIT NOT_CHANGEABLE NOT_CHANGEABLE split>SPLIT NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
split-all           manager                          held                      TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

prioritize          no-managers                      any                       NOT_MANAGER
prioritize          archived                         any                       PROJECT_ARCHIVED
prioritize          manager                          free                      priority_changed priority_changed priority_changed priority_changed priority_changed NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
prioritize          manager                          held                      TASK_LOCKED TASK_LOCKED TASK_LOCKED TASK_LOCKED TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

delete-all          no-managers                      any                       NOT_MANAGER
delete-all          archived                         any                       PROJECT_ARCHIVED
delete-all          manager                          free                      deleted>DELETED TASK_TOUCHED TASK_TOUCHED TASK_TOUCHED TASK_TOUCHED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE
delete-all          manager                          held                      TASK_LOCKED TASK_LOCKED TASK_LOCKED TASK_LOCKED TASK_LOCKED NOT_CHANGEABLE NOT_CHANGEABLE NOT_CHANGEABLE

reconcile-inside    no-managers                      any                       NOT_MANAGER
reconcile-inside    archived                         any                       PROJECT_ARCHIVED
reconcile-inside    manager                          any                       nothing nothing nothing nothing nothing nothing restored>READY nothing

reconcile-outside   no-managers                      any                       NOT_MANAGER
reconcile-outside   archived                         any                       PROJECT_ARCHIVED
reconcile-outside   manager                          free                      withdrawn>WITHDRAWN kept_outside kept_outside kept_outside kept_outside nothing nothing nothing
reconcile-outside   manager                          held                      kept_outside kept_outside kept_outside kept_outside kept_outside nothing nothing nothing
`;

/** The names that are too long for the columns. */
export const SHORT: Record<string, string> = {
  NOT_LOCKABLE: "TASK_STATE_NOT_LOCKABLE",
  NOT_ASSIGNABLE: "TASK_STATE_NOT_ASSIGNABLE",
  NOT_CHANGEABLE: "TASK_STATE_NOT_CHANGEABLE",
};

/**
 * The bulk actions, which are there once more with include_locked: where a task would be left alone because somebody
 * holds it, the lock is ended first, as a forced release ends it.
 */
export const BULK = [
  "map-all",
  "validate-all",
  "invalidate-all",
  "reset-bad-imagery",
  "reset-all",
  "revert-user",
  "revert-another",
  "split-all",
  "prioritize",
];

/** The pairs of state and lock that can come about. */
export const POSSIBLE = `
READY        mapping
MAPPED       validation
VALIDATED    validation
INVALIDATED  mapping validation
BAD_IMAGERY  validation
`;
