import { TEAM_THEATRE } from "../ground/team-theatre.ts";
import { casesIn } from "../ground/text-table.ts";

/**
 * Every answer of the services of teams: the RPC, what is special about the case, the team in which it plays, what
 * happens before, who calls, the answer, and the fields of the request. `$` begins the name of somebody or something
 * that is made for the case: see the theatre of teams.
 */
export const TEAM_CASES = casesIn(
  `
createTeam                 by a manager of the organisation            open     -                  manager  OK                          team.organisation_id=$organisation team.name=Second team.purposes=[TEAM_PURPOSE_MAPPING]
createTeam                 in an organisation that is not              -        -                  admin    ORGANISATION_NOT_FOUND      team.organisation_id=$nowhere team.name=x
createTeam                 by its team's manager                       open     -                  lead     NOT_ORGANISATION_MANAGER    team.organisation_id=$organisation team.name=x
createTeam                 by a service account                        open     -                  program  USER_NOT_ADMISSIBLE         team.organisation_id=$organisation team.name=x
createTeam                 under a name that another has               open     -                  manager  TEAM_NAME_TAKEN             team.organisation_id=$organisation team.name=FIRST
createTeam                 one too many                                open     fill-organisation  manager  TEAM_LIMIT_REACHED          team.organisation_id=$organisation team.name=Second
createTeam                 without a name                              -        -                  admin    FIELD_INVALID               team.organisation_id=1

getTeam                    by nobody                                   open     -                  nobody   OK                          team_id=$team
getTeam                    a private one, by a mapper                  private  -                  mapper   TEAM_NOT_FOUND              team_id=$team
getTeam                    a private one, by a member                  private  -                  member   OK                          team_id=$team

batchGetTeams              some                                        open     -                  nobody   OK                          team_ids=[$team,$nowhere]
batchGetTeams              team number 0                               -        -                  nobody   FIELD_INVALID               team_ids=[0]
batchGetTeams              too many                                    -        -                  nobody   FIELD_INVALID               team_ids=[1..101]
batchGetTeams              one twice                                   -        -                  nobody   FIELD_INVALID               team_ids=[1,1]

listTeams                  by nobody                                   -        -                  nobody   OK                          query=first purpose=TEAM_PURPOSE_MAPPING
listTeams                  with a forged page token                    -        -                  nobody   PAGE_TOKEN_INVALID          page_token=abc
listTeams                  with a negative page                        -        -                  nobody   FIELD_INVALID               page_size=-1
listTeams                  of organisation number 0                    -        -                  nobody   FIELD_INVALID               organisation_id=0

updateTeam                 by its manager                              open     -                  lead     OK                          team.team_id=$team team.purposes=[TEAM_PURPOSE_VALIDATION] team.visibility=TEAM_VISIBILITY_PRIVATE update_mask=purposes,visibility expected_revision=1
updateTeam                 a private one, by a mapper                  private  -                  mapper   TEAM_NOT_FOUND              team.team_id=$team team.description=x update_mask=description expected_revision=1
updateTeam                 by a member                                 open     -                  member   NOT_TEAM_MANAGER            team.team_id=$team team.description=x update_mask=description expected_revision=1
updateTeam                 its name, by its manager                    open     -                  lead     NOT_ORGANISATION_MANAGER    team.team_id=$team team.name=x update_mask=name expected_revision=1
updateTeam                 that is at another revision                 open     -                  lead     TEAM_CHANGED                team.team_id=$team team.description=x update_mask=description expected_revision=7
updateTeam                 to a name that another has                  open     fill-organisation  manager  TEAM_NAME_TAKEN             team.team_id=$team team.name="17" update_mask=name expected_revision=1
updateTeam                 to a purpose that is none                   open     -                  lead     FIELD_INVALID               team.team_id=$team team.purposes=[99] update_mask=purposes expected_revision=1

deleteTeam                 by a manager of the organisation            open     -                  manager  OK                          team_id=$team
deleteTeam                 one that is not                             -        -                  admin    TEAM_NOT_FOUND              team_id=$nowhere
deleteTeam                 by its manager                              open     -                  lead     NOT_ORGANISATION_MANAGER    team_id=$team

setTeamMember              who joins                                   open     -                  person   OK                          team_id=$team user_id=$person
setTeamMember              who is made a manager                       open     -                  lead     OK                          team_id=$team user_id=$member function=MEMBER_FUNCTION_MANAGER
setTeamMember              of a private team, by a mapper              private  -                  mapper   TEAM_NOT_FOUND              team_id=$team user_id=1
setTeamMember              another, by a mapper                        open     -                  mapper   NOT_TEAM_MANAGER            team_id=$team user_id=$lead
setTeamMember              who joins a team that is asked first        asked    -                  person   JOIN_METHOD_DIFFERS         team_id=$team user_id=$person
setTeamMember              who is blocked                              open     -                  lead     USER_NOT_ADMISSIBLE         team_id=$team user_id=$blocked
setTeamMember              a service account                           open     -                  lead     USER_NOT_ADMISSIBLE         team_id=$team user_id=$account
setTeamMember              a member who was blocked, to be a manager   open     block-member       lead     USER_NOT_ADMISSIBLE         team_id=$team user_id=$member function=MEMBER_FUNCTION_MANAGER
setTeamMember              a member who was blocked, as before         open     block-member       lead     OK                          team_id=$team user_id=$member
setTeamMember              who was deleted                             open     -                  lead     USER_NOT_FOUND              team_id=$team user_id=$deleted
setTeamMember              the last manager, to be none                open     -                  lead     LAST_MANAGER                team_id=$team user_id=$lead function=MEMBER_FUNCTION_MEMBER
setTeamMember              one too many                                open     fill-team          person   TEAM_MEMBER_LIMIT_REACHED   team_id=$team user_id=$person
setTeamMember              with a function that is none                open     -                  lead     FIELD_INVALID               team_id=$team user_id=$member function=9

getTeamMember              by a mapper                                 open     -                  mapper   OK                          team_id=$team user_id=$member
getTeamMember              of a private team, by a mapper              private  -                  mapper   TEAM_NOT_FOUND              team_id=$team user_id=$member
getTeamMember              who is none                                 open     -                  mapper   TEAM_MEMBER_NOT_FOUND       team_id=$team user_id=$nowhere
getTeamMember              by nobody                                   -        -                  nobody   TOKEN_MISSING               team_id=$nowhere user_id=$nowhere

listTeamMembers            by a mapper                                 open     -                  mapper   OK                          team_id=$team function=MEMBER_FUNCTION_MANAGER
listTeamMembers            of a private team, by a mapper              private  -                  mapper   TEAM_NOT_FOUND              team_id=$team
listTeamMembers            with a forged page token                    -        -                  mapper   PAGE_TOKEN_INVALID          team_id=$nowhere page_token=abc

removeTeamMember           who leaves                                  open     -                  member   OK                          team_id=$team user_id=$member
removeTeamMember           of a team that is not                       -        -                  mapper   TEAM_NOT_FOUND              team_id=$nowhere user_id=1
removeTeamMember           another, by a member                        open     -                  member   NOT_TEAM_MANAGER            team_id=$team user_id=$lead
removeTeamMember           who is none                                 open     -                  lead     TEAM_MEMBER_NOT_FOUND       team_id=$team user_id=$nowhere
removeTeamMember           who is the last manager                     open     -                  admin    LAST_MANAGER                team_id=$team user_id=$lead

createJoinRequest          by a mapper                                 asked    -                  person   OK                          team_id=$team message=Please.
createJoinRequest          of a team that is not                       -        -                  mapper   TEAM_NOT_FOUND              team_id=$nowhere
createJoinRequest          by a service account                        asked    -                  program  USER_NOT_ADMISSIBLE         team_id=$team
createJoinRequest          by a member                                 asked    -                  member   ALREADY_MEMBER              team_id=$team
createJoinRequest          of an open team                             open     -                  mapper   JOIN_METHOD_DIFFERS         team_id=$team
createJoinRequest          a second                                    asked    -                  asker    JOIN_REQUEST_OPEN           team_id=$team
createJoinRequest          one too many                                asked    fill-requests      person   JOIN_REQUEST_LIMIT_REACHED  team_id=$team
createJoinRequest          with a message of control characters        asked    -                  mapper   FIELD_INVALID               team_id=$team message="a\\u0007"

getJoinRequest             by who made it                              asked    -                  asker    OK                          team_id=$team join_request_id=$request
getJoinRequest             by a member                                 asked    -                  member   JOIN_REQUEST_NOT_FOUND      team_id=$team join_request_id=$request

listJoinRequests           by a manager                                open     -                  lead     OK                          team_id=$team state=JOIN_REQUEST_STATE_OPEN
listJoinRequests           of a team that is not                       -        -                  mapper   TEAM_NOT_FOUND              team_id=$nowhere
listJoinRequests           by a member                                 open     -                  member   NOT_TEAM_MANAGER            team_id=$team
listJoinRequests           with a forged page token                    -        -                  mapper   PAGE_TOKEN_INVALID          team_id=$nowhere page_token=abc

decideJoinRequest          by a manager                                asked    -                  lead     OK                          team_id=$team join_request_id=$request state=JOIN_REQUEST_STATE_ACCEPTED message=Welcome.
decideJoinRequest          one that is not                             open     -                  lead     JOIN_REQUEST_NOT_FOUND      team_id=$team join_request_id=$nowhere state=JOIN_REQUEST_STATE_ACCEPTED
decideJoinRequest          one's own                                   asked    -                  asker    NOT_TEAM_MANAGER            team_id=$team join_request_id=$request state=JOIN_REQUEST_STATE_ACCEPTED
decideJoinRequest          that was withdrawn                          asked    withdrawn          lead     JOIN_REQUEST_CLOSED         team_id=$team join_request_id=$request state=JOIN_REQUEST_STATE_ACCEPTED
decideJoinRequest          of who was blocked meanwhile                asked    block-asker        lead     USER_NOT_ADMISSIBLE         team_id=$team join_request_id=$request state=JOIN_REQUEST_STATE_ACCEPTED
decideJoinRequest          one too many                                asked    asker,fill-team    lead     TEAM_MEMBER_LIMIT_REACHED   team_id=$team join_request_id=$request state=JOIN_REQUEST_STATE_ACCEPTED
decideJoinRequest          neither way                                 open     -                  lead     FIELD_INVALID               team_id=$team join_request_id=1 state=JOIN_REQUEST_STATE_WITHDRAWN

withdrawJoinRequest        by who made it                              asked    -                  asker    OK                          team_id=$team join_request_id=$request
withdrawJoinRequest        by a manager of the team                    asked    -                  lead     JOIN_REQUEST_NOT_FOUND      team_id=$team join_request_id=$request
withdrawJoinRequest        a second time                               asked    withdrawn          asker    JOIN_REQUEST_CLOSED         team_id=$team join_request_id=$request

createInvitation           for the bearer of the token                 open     -                  lead     OK                          team_id=$team lifetime=60s
createInvitation           of a team that is not                       -        -                  mapper   TEAM_NOT_FOUND              team_id=$nowhere
createInvitation           by a member                                 open     -                  member   NOT_TEAM_MANAGER            team_id=$team
createInvitation           for who is not                              open     -                  lead     USER_NOT_FOUND              team_id=$team user_id=$nowhere
createInvitation           for who is blocked                          open     -                  lead     USER_NOT_ADMISSIBLE         team_id=$team user_id=$blocked
createInvitation           for who was deleted                         open     -                  lead     USER_NOT_FOUND              team_id=$team user_id=$deleted
createInvitation           for a service account                       open     -                  lead     USER_NOT_ADMISSIBLE         team_id=$team user_id=$account
createInvitation           for a member                                open     -                  lead     ALREADY_MEMBER              team_id=$team user_id=$member
createInvitation           a second for the same                       open     -                  lead     INVITATION_OPEN             team_id=$team user_id=$guest
createInvitation           one too many                                open     fill-invitations   lead     INVITATION_LIMIT_REACHED    team_id=$team
createInvitation           for user number 0                           open     -                  lead     FIELD_INVALID               team_id=$team user_id=0
createInvitation           for longer than may be                      open     -                  lead     FIELD_INVALID               team_id=$team lifetime=7776001s

getInvitation              by who is invited                           private  -                  guest    OK                          invitation_id=$invitation
getInvitation              by a member                                 open     -                  member   INVITATION_NOT_FOUND        invitation_id=$invitation

listInvitations            one's own                                   -        -                  mapper   OK                          state=INVITATION_STATE_OPEN
listInvitations            with a forged page token                    -        -                  mapper   PAGE_TOKEN_INVALID          page_token=abc

listTeamInvitations        by a manager                                open     -                  lead     OK                          team_id=$team
listTeamInvitations        of a team that is not                       -        -                  mapper   TEAM_NOT_FOUND              team_id=$nowhere
listTeamInvitations        by a member                                 open     -                  member   NOT_TEAM_MANAGER            team_id=$team
listTeamInvitations        with a forged page token                    -        -                  mapper   PAGE_TOKEN_INVALID          team_id=$nowhere page_token=abc

acceptInvitation           by who is invited                           private  -                  guest    OK                          invitation_id=$invitation
acceptInvitation           by who brings the token                     private  -                  person   OK                          token=$token
acceptInvitation           by a token that is none                     -        -                  mapper   INVITATION_NOT_FOUND        token=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
acceptInvitation           of somebody else                            open     -                  manager  NOT_INVITED                 invitation_id=$invitation
acceptInvitation           by a service account that brings the token  open     -                  program  USER_NOT_ADMISSIBLE         token=$token
acceptInvitation           that was declined                           open     declined           guest    INVITATION_CLOSED           invitation_id=$invitation
acceptInvitation           by a member                                 open     -                  member   ALREADY_MEMBER              token=$token
acceptInvitation           one too many                                open     fill-team          mapper   TEAM_MEMBER_LIMIT_REACHED   token=$token
acceptInvitation           by both its number and a token              -        -                  mapper   FIELD_INVALID               invitation_id=1 token=x
acceptInvitation           by an empty token                           -        -                  mapper   FIELD_INVALID               token=

declineInvitation          by who is invited                           open     -                  guest    OK                          invitation_id=$invitation
declineInvitation          one that is not                             -        -                  mapper   INVITATION_NOT_FOUND        invitation_id=$nowhere
declineInvitation          of somebody else                            open     -                  lead     NOT_INVITED                 invitation_id=$invitation
declineInvitation          a second time                               open     declined           guest    INVITATION_CLOSED           invitation_id=$invitation

withdrawInvitation         by a manager                                open     -                  lead     OK                          invitation_id=$invitation
withdrawInvitation         one that is not                             -        -                  mapper   INVITATION_NOT_FOUND        invitation_id=$nowhere
withdrawInvitation         by who is invited                           open     -                  guest    NOT_TEAM_MANAGER            invitation_id=$invitation
withdrawInvitation         that was declined                           open     declined           lead     INVITATION_CLOSED           invitation_id=$invitation

getCurrentUserMemberships  of the caller                               -        -                  mapper   OK                          -
getCurrentUserMemberships  by nobody                                   -        -                  nobody   TOKEN_MISSING               -

batchGetMemberships        of some                                     -        -                  mapper   OK                          user_ids=[1,$nowhere]
batchGetMemberships        of nobody                                   -        -                  mapper   FIELD_INVALID               user_ids=[]
batchGetMemberships        by nobody                                   -        -                  nobody   TOKEN_MISSING               user_ids=[1]

getUserMemberships         by a service                                -        -                  service  OK                          user_id=1
getUserMemberships         by a person                                 -        -                  admin    SCOPE_MISSING               user_id=1
`,
  TEAM_THEATRE,
);
