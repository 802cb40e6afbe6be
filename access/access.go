// Package access says who acts and what they may do. Users, roles, sessions
// and keys arrive with sign-in; until then a local owner acts for a workspace.
package access

import "hearth"

// Permission is one thing that an actor may be allowed to do.
type Permission string

const (
	ReadPosts       Permission = "posts.read"
	WritePosts      Permission = "posts.write" // import, erase
	ReadMonitors    Permission = "monitors.read"
	WriteMonitors   Permission = "monitors.write"
	ReadSources     Permission = "sources.read"
	WriteSources    Permission = "sources.write"
	ReadOperations  Permission = "operations.read"  // status, dead letters, jobs
	WriteOperations Permission = "operations.write" // cancel, retry and drop jobs; schedules; back up
)

// Actor is who calls a verb, and in which workspace.
type Actor struct {
	Workspace hearth.WorkspaceID
	User      hearth.UserID
	may       map[Permission]bool // nil: everything, the local owner
	known     bool
}

// LocalOwner acts for whoever runs the binary on this machine. It may do
// everything in its workspace.
func LocalOwner(workspace hearth.WorkspaceID) Actor {
	return Actor{Workspace: workspace, known: true}
}

// Limited acts with the named permissions only.
func Limited(workspace hearth.WorkspaceID, user hearth.UserID, permissions ...Permission) Actor {
	may := make(map[Permission]bool, len(permissions))
	for _, p := range permissions {
		may[p] = true
	}
	return Actor{Workspace: workspace, User: user, may: may, known: true}
}

// Check is nil if the actor has the permission, else a Denied error. The zero
// Actor has none.
func (a Actor) Check(p Permission) error {
	if a.known && a.Workspace > 0 && (a.may == nil || a.may[p]) {
		return nil
	}
	return hearth.Errorf(hearth.Denied, "You do not have the permission %q in this workspace.", p)
}
