package watch

import "time"

// State is how things are at one moment. Counters are since the start of the
// process, but those of sources, which are kept for ever.
type State struct {
	Version     string
	Ready       bool
	Sources     []Source
	DeadLetters int64
	DeadJobs    int64
	Backups     []Backup
	Queries     int   // that every post is matched against, of all workspaces
	Rows        int64 // of the log
	Index       int64 // bytes of the token index; below zero: not known
	Files       []File
	Replay      []Replay
	Disk        int64 // bytes free; below zero: not known
	Consumers   []Consumer
	Out         Out
}

// Backup is a schedule of backups.
type Backup struct {
	Workspace, Schedule string
	Age                 time.Duration // of the last good one; below zero: none yet
}

// Replay is what the replay window holds of a workspace.
type Replay struct {
	Workspace    string
	Posts, Bytes int64
	Reach        time.Duration // how far back it goes
}

// Source is one source and what it has read.
type Source struct {
	Workspace  string
	ID         string
	Network    string
	State      string
	Records    int64 // read, those without a post included
	Events     int64
	Matched    int64
	Stored     int64
	Duplicates int64
	Unwanted   int64
	Unreadable int64
	Gaps       int64
	Age        time.Duration // of the newest event; below zero: nothing was read yet

	Delivers  bool  // its network sends by itself
	Delivered int64 // requests that were taken
	Waiting   int64 // of these, those that are not read yet
}

// File is a file of the data directory.
type File struct {
	Name string
	Size int64
}

// Consumer is a reader of the log.
type Consumer struct {
	Name string
	Lag  int64         // rows it has not taken in yet
	Age  time.Duration // since the first of them arrived; below zero: not known
}

// Out is what went to other hosts.
type Out struct {
	Calls, Failed, Limited, Retries, Waits, Refused, Bytes int64

	Waited  time.Duration
	Waiting int // calls that wait for a limit now
	Hosts   int // that are remembered
	Broken  int // of them, those that are left alone because they fail
}
