package hearth

import "strconv"

// WorkspaceID names the wall between tenants. Every stored row carries one and
// every store call takes one first. Zero is not a workspace.
type WorkspaceID int64

// MonitorID names a monitor within its workspace.
type MonitorID int64

// SourceID names a configured stream of posts within its workspace.
type SourceID int64

// UserID names a person who signs in; zero is the program itself.
type UserID int64

// Seq is the place of a row in the archive's log: gapless, rising in commit
// order, never given twice. Zero is before the first row.
type Seq int64

// DefaultWorkspace is the workspace that exists from the first start on.
const DefaultWorkspace WorkspaceID = 1

func (id WorkspaceID) String() string { return strconv.FormatInt(int64(id), 10) }
func (id MonitorID) String() string   { return strconv.FormatInt(int64(id), 10) }
func (id SourceID) String() string    { return strconv.FormatInt(int64(id), 10) }
func (id UserID) String() string      { return strconv.FormatInt(int64(id), 10) }
func (s Seq) String() string          { return strconv.FormatInt(int64(s), 10) }
