package cli

import (
	"context"
	"io"

	"hearth"
	"hearth/client"
)

// Tools is what the commands work with. cmd/hearth fills it from package
// server; the field comments are the contract.
type Tools struct {
	// Version is the line that `hearth version` prints behind the name.
	Version string

	// Place and Serving point to structs of kong flags: those of every command
	// (where Hearth is), and those of a server. Only flags that were given are
	// handed on, by name.
	Place, Serving any

	// Connect gives a client of the server that runs on the data directory, or
	// of one opened in this process for as long as the client is used. Unless
	// create is set, a data directory that is not there is an error.
	Connect func(ctx context.Context, given Given, create bool) (*client.Client, func() error, error)

	// Serve runs until ctx ends, then drains; it calls ready once it listens.
	Serve func(ctx context.Context, given Given, ready func(address string)) error

	// Config explains every setting: its value and where that comes from.
	Config func(given Given) ([]Setting, error)

	// Doctor looks at everything that can be wrong and says what to do.
	Doctor func(ctx context.Context, given Given, o DoctorOptions) []Finding

	// Check says everything about a query and, with a post, whether it matches.
	Check func(query string, post *hearth.Post) client.QueryCheck

	// Translate rewrites a query of another dialect.
	Translate func(query, dialect string) client.Translation

	// Analyze adds language, sentiment, intent and spam where they are missing.
	Analyze func(posts []*hearth.Post)

	// SpamSigns are the signs of spam in a post, in words; a post may have some
	// and not be spam.
	SpamSigns func(post *hearth.Post) []string

	// Models are the analyzers in the program.
	Models func() []Model

	// Evaluate measures an analyzer with a set of labelled texts; EvaluateTasks
	// are the tasks there are.
	Evaluate      func(ctx context.Context, set io.Reader, o EvaluateOptions) (*Evaluation, error)
	EvaluateTasks []string

	// Formats lists the formats that posts are imported from.
	Formats []Format

	// Read reads a file of posts without storing anything. It unpacks gzip and
	// zstd, recognises the format where none is named, and calls each with one
	// record at a time; a record is valid until each returns.
	Read func(ctx context.Context, from io.Reader, o ReadOptions, each func(*Record) error) error

	// Listen hears a public network without any data directory, until ctx ends.
	Listen func(ctx context.Context, o ListenOptions) error

	// VerifyBackup reads a whole backup and compares it with what it was.
	VerifyBackup func(ctx context.Context, o RestoreOptions) (BackupReport, error)

	// Restore puts a backup into the data directory, which must be fresh.
	Restore func(ctx context.Context, given Given, o RestoreOptions) (BackupReport, error)

	// CopyDatabase copies an installation that does not run between files and
	// PostgreSQL, and compares both.
	CopyDatabase func(ctx context.Context, given Given, o CopyOptions) (CopyReport, error)

	// Bench measures how many posts a day this machine can listen to.
	Bench func(ctx context.Context, o BenchOptions) (BenchReport, error)

	// Demo runs a small invented world.
	Demo func(ctx context.Context, given Given, o DemoOptions) error
}

// Given holds the settings that stood on the command line, by flag name.
type Given map[string]string

// Setting is one setting of the server, explained.
type Setting struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	From    string `json:"from"` // default, file, environment or flag
	Default string `json:"default"`
	Env     string `json:"env"`
	Help    string `json:"help"`
	Problem string `json:"problem,omitempty"`
}

// DoctorOptions say how closely to look.
type DoctorOptions struct {
	Deep     bool                              // read everything that is stored
	Reindex  bool                              // rebuild the search index first
	Rebuild  bool                              // find copies and topics anew first
	Accept   bool                              // take stores that do not belong together for an installation
	Progress func(stage string, share float64) // of what takes long
}

// Finding is one thing the doctor looked at.
type Finding struct {
	Name   string      `json:"name"`
	Grade  Grade       `json:"grade"`
	Saw    string      `json:"saw"`
	Means  string      `json:"means,omitempty"`  // what follows from it, where something is wrong
	Advice string      `json:"advice,omitempty"` // what to do about it
	Code   hearth.Code `json:"code,omitempty"`   // decides the exit code of a Bad finding
}

// Grade says how bad a finding is.
type Grade string

const (
	Good Grade = "good"
	Fair Grade = "warning" // works, should be looked at
	Bad  Grade = "bad"
)

// Format is a file format of posts.
type Format struct {
	Name  string
	Title string
	Help  []string // one line for each setting
}

// ReadOptions says how a file is read. Name is only looked at for its
// extension.
type ReadOptions struct {
	Name     string
	Format   string // "": recognised
	Settings map[string]string
}

// Record is one record of a file: what happened to a post, or why it cannot be
// read.
type Record struct {
	Number int64
	Post   *hearth.Post // nil: unreadable
	Verb   string       // create, update, delete …
	Error  string
	Line   int64
}

// ListenOptions says what to hear and whom to tell. The functions are called
// from one goroutine at a time.
type ListenOptions struct {
	Queries  []string
	Network  string            // "": the default one
	Settings map[string]string // of the network
	Heard    func(Heard)
	Notice   func(Notice)
	Progress func(Progress) // about once a second
}

// Heard is a post and which of the queries it matched.
type Heard struct {
	Post       *hearth.Post
	Queries    []int // counted from 0, rising
	Highlights []Range
}

// Range is a hit: bytes of the post's text.
type Range struct{ From, To int }

// Notice is something a person who listens should know: connected, lost,
// trying again.
type Notice struct {
	Bad     bool
	Message string
}

// Progress counts since the start.
type Progress struct {
	Seen    int64 // posts looked at
	Matched int64
	Rejects int64
	Bytes   int64
}

// BenchOptions says what is measured: listening, unless Stored or Footprint says
// otherwise. What is left out stands for what is built in.
type BenchOptions struct {
	Monitors []string // queries
	Posts    io.Reader

	Stored    int    // how quickly an archive of so many posts answers
	Directory string // where it is kept
	Footprint bool   // what the program takes of the machine

	Progress func(stage string, done, total int64)
}

// BenchReport is the result of a measurement: lines for a person, and the
// document for a program.
type BenchReport struct {
	Lines []BenchLine
	JSON  []byte
}

// BenchLine is one measured figure.
type BenchLine struct{ Name, Value string }

// Model is an analyzer.
type Model struct {
	Name    string   `json:"name"`
	Version int      `json:"version"`
	Adds    []string `json:"adds"` // query fields
	Card    string   `json:"card"` // Markdown
}

// EvaluateOptions say what is measured with a set.
type EvaluateOptions struct {
	Task     string
	File     string // the set's name
	Detect   bool   // find the language, also where the set gives it
	Network  string // where the texts stand as if they came from
	Progress func(rows int)
}

// Evaluation is what a set says: figures, then tables for a person, and the
// document for a program, one line.
type Evaluation struct {
	Lines  []BenchLine
	Tables []EvaluationTable
	JSON   []byte
}

// EvaluationTable is figures by something. Its first column is names.
type EvaluationTable struct {
	Columns []string
	Rows    [][]string
}

// DemoOptions says how the invented world lives.
type DemoOptions struct {
	Directory string // "": a temporary one, removed at the end
	Seed      uint64
	Days      int  // of history; 0: sixty
	Fast      bool // all of it at once, then end
	Out       io.Writer
	Heard     func(monitor string, hit *client.Hit)
}
