package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"hearth"
	"hearth/cli"
	"hearth/client"
	"hearth/disk"
	"hearth/pairing"
)

// examination is what the doctor found so far.
type examination struct {
	ctx      context.Context
	t        tools
	given    cli.Given
	o        cli.DoctorOptions
	config   Config
	findings []cli.Finding
}

// doctor looks at everything that can be wrong and says what to do. It changes
// nothing but a stale note of a server that is gone, and the search index, copies,
// bots and topics if they are to be rebuilt.
func (t tools) doctor(ctx context.Context, given cli.Given, o cli.DoctorOptions) []cli.Finding {
	e := &examination{ctx: ctx, t: t, given: given, o: o}
	if !e.settings() || !e.directory() {
		return e.findings
	}
	e.files()
	e.disk()
	e.clock()
	e.server()
	return e.findings
}

func (e *examination) good(name, saw string, args ...any) {
	e.add(cli.Finding{Name: name, Grade: cli.Good, Saw: fmt.Sprintf(saw, args...)})
}

// fair is what works but should be looked at; means says why it matters.
func (e *examination) fair(name, saw, means, advice string) {
	e.add(cli.Finding{Name: name, Grade: cli.Fair, Saw: saw, Means: means, Advice: advice})
}

// bad is what does not work; the code decides the exit code.
func (e *examination) bad(name string, code hearth.Code, saw, means, advice string) {
	e.add(cli.Finding{Name: name, Grade: cli.Bad, Code: code, Saw: saw, Means: means, Advice: advice})
}

func (e *examination) add(f cli.Finding) { e.findings = append(e.findings, f) }

func (e *examination) settings() bool {
	settings, _, err := Load(e.given, e.t.getenv)
	e.config = Config{Settings: settings, Clock: hearth.SystemClock}
	e.config.Log = "error"
	if err != nil {
		e.bad("settings", hearth.Invalid, err.Error(), "No server starts with them.", "hearth config check explains every setting.")
		return false
	}
	e.good("settings", "all are sound")
	return true
}

func (e *examination) directory() bool {
	dir := e.config.Data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.fair("data directory", dir+" is not there yet", "Nothing is kept so far.", "hearth serve or hearth import makes it; --data names another one.")
		return false
	case err != nil:
		e.bad("data directory", hearth.Denied, fmt.Sprintf("%s cannot be opened: %v", dir, cause(err)), "Nothing else can be looked at.", "Run the command as the user that owns it.")
		return false
	case !info.IsDir():
		e.bad("data directory", hearth.Invalid, dir+" is a file", "Nothing can be kept there.", "Name a directory with --data.")
		return false
	case info.Mode().Perm()&0o077 != 0:
		e.fair("data directory", fmt.Sprintf("%s can be read by others (mode %o)", dir, info.Mode().Perm()), "Other users of this machine may copy the posts and the keys.", "chmod 700 "+dir)
	default:
		e.good("data directory", "%s, private", dir)
	}
	probe := filepath.Join(dir, ".doctor")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		e.bad("data directory", hearth.Denied, fmt.Sprintf("nothing can be written to %s: %v", dir, cause(err)), "Nothing more can be kept.", "Make it writable for the user that runs Hearth.")
		return false
	}
	os.Remove(probe)
	return true
}

func (e *examination) disk() {
	free, total := disk.Space(e.config.Data)
	limits, err := disk.ParseLimits(e.config.DiskLimits)
	if err != nil {
		limits = disk.Standard // said among the settings
	}
	room := disk.New(disk.Options{Dir: e.config.Data, Limits: limits, Log: slog.New(slog.DiscardHandler)})
	switch {
	case free < 0:
		e.fair("disk", "its free space is not known on this system", "Nobody will warn before it is full.", "Watch it by other means.")
	case room.Room() != nil:
		e.bad("disk", hearth.Unavailable, room.Trouble(), "Sources stop and nothing more is kept; nothing that was acknowledged is lost.", "Make room now.")
	case room.RoomForHistory() != nil:
		e.fair("disk", room.Trouble(), "It may be full before somebody looks again.", "Make room soon.")
	default:
		e.good("disk", "%d GB of %d GB are free", free/1e9, total/1e9)
	}
}

// clock looks for a clock that was never set, and one that went back.
func (e *examination) clock() {
	now := e.config.Clock()
	if now.Year() < 2026 {
		e.bad("clock", hearth.Invalid, "the machine's clock says "+now.Format(time.RFC3339), "Networks refuse requests from the past, and posts get wrong times.", "Set the clock.")
		return
	}
	if info, err := os.Stat(filepath.Join(e.config.Data, archiveFile)); err == nil && info.ModTime().Sub(now) > time.Minute {
		e.fair("clock", fmt.Sprintf("the archive was last written %s after now", info.ModTime().Sub(now).Round(time.Second)), "The clock went back. The order of posts does not depend on it, but times shown do.", "Check the time service (chrony, ntpd).")
		return
	}
	e.good("clock", "%s", now.Format("2006-01-02 15:04:05 UTC"))
}

// server asks the running one, or opens the data itself.
func (e *examination) server() {
	left, err := readNote(e.config.Data)
	if err != nil {
		e.bad("server", hearth.Denied, err.Error(), "A server may run here, but it cannot be asked.", "Run the command as the user that runs the server.")
		return
	}
	if left != nil {
		c, err := client.New(left.Address, client.Options{Key: left.Key})
		if err == nil && probe(e.ctx, c) == nil {
			e.good("server", "runs at %s (process %d)", left.Address, left.Process)
			if e.o.Deep || e.o.Reindex || e.o.Rebuild {
				e.fair("data", "what is stored was not read: the server has it", "Damage would only show when somebody meets it.", "Stop the server first (kill "+fmt.Sprint(left.Process)+").")
			}
			e.ask(c)
			return
		}
	}
	e.config.Accept = e.o.Accept
	s, err := Build(e.ctx, e.config)
	if err != nil {
		e.notOpened(err, left)
		return
	}
	defer s.Close()
	if e.o.Accept {
		e.good("stores", "belong together from now on")
	}
	if left != nil {
		removeNote(e.config.Data)
		e.fair("server", "none runs; one that ended without cleaning up had left "+noteFile, "It crashed or was killed; what was acknowledged is there.", "It is removed now; nothing else is needed.")
	} else {
		e.good("server", "none runs on this directory")
	}
	e.good("databases", "opened and checked: settings in force, log and consumers agree; the pages are read by --deep alone")
	e.data(s)
	if listener, err := net.Listen("tcp", e.config.Listen); err != nil {
		e.fair("address", fmt.Sprintf("%s is taken: %v", e.config.Listen, listenCause(err)), "hearth serve could not listen there.", "Choose another with --listen before hearth serve.")
	} else {
		listener.Close()
		e.good("address", "%s is free", e.config.Listen)
	}
	c, err := client.New("http://localhost", client.Options{Key: s.key, HTTP: direct{s.handler}})
	if err == nil {
		e.ask(c)
	}
	e.reach(s)
}

func (e *examination) notOpened(err error, left *note) {
	if wrong := new(pairing.Mismatch); errors.As(err, &wrong) {
		e.bad("stores", hearth.Damaged, wrong.Saw, "They do not belong together, so no server starts on this data directory.", wrong.Plan)
		return
	}
	code := hearth.ErrorCode(err)
	advice := "Do what the message says. If it does not help: " + restoreAdvice
	if code == hearth.Conflict {
		code, advice = hearth.Unavailable, "Wait for the other command to end, or look for its process."
		if left != nil {
			advice = fmt.Sprintf("Process %d has it and does not answer at %s: stop it (kill %d) and start it again.", left.Process, left.Address, left.Process)
		}
	}
	e.bad("databases", code, err.Error(), "No server starts on this data directory.", advice)
}
