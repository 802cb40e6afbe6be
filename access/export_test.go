package access

import (
	"time"

	"hearth"
)

// Person is somebody who is signed in with a role and has just proved who they are:
// for walks too long for real sessions.
func Person(ws hearth.WorkspaceID, user hearth.UserID, name string, role Role, at time.Time) Actor {
	return Actor{Workspace: ws, User: user, Kind: User, Name: name, Role: role, Session: 1, may: role.permissions(), proved: at, known: true}
}
