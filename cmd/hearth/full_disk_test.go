//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hearth"
	"hearth/client"
)

// smallDisk is the program with its data on a disk of its own, a tmpfs that
// only it sees.
type smallDisk struct {
	t       *testing.T
	dir     string // as the program sees it
	process *process
	client  *client.Client
}

// onSmallDisk serves in a user and mount namespace.
func onSmallDisk(t *testing.T, size string, env ...string) *smallDisk {
	t.Helper()
	d := &smallDisk{t: t, dir: t.TempDir()}
	cmd := exec.Command("sh", "-c", `mount -t tmpfs -o size=`+size+` small "$HEARTH_DATA" && exec "$0" serve`, faulty.path(t))
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	d.process = start(t, cmd, d.dir, "")
	t.Cleanup(func() { d.process.cmd.Process.Kill(); <-d.process.ended })
	var note struct{ Address, Key string }
	eventually(t, "the server is ready", func() bool {
		select {
		case <-d.process.ended:
			t.Fatalf("it did not start (are user namespaces allowed here?): %v %s", d.process.err, d.process.stderr.String())
		default:
		}
		text, err := os.ReadFile(d.path("server.json"))
		return err == nil && json.Unmarshal(text, &note) == nil
	})
	var err error
	if d.client, err = client.New(note.Address, client.Options{Key: note.Key}); err != nil {
		t.Fatal(err)
	}
	return d
}

// path is a file on the small disk as this process reaches it.
func (d *smallDisk) path(name string) string {
	return filepath.Join("/proc", fmt.Sprint(d.process.cmd.Process.Pid), "root", d.dir, name)
}

// leave fills the disk until only so many bytes are free.
func (d *smallDisk) leave(free int64) {
	d.t.Helper()
	f, err := os.OpenFile(d.path("ballast"), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	eventually(d.t, "the disk is filled", func() bool {
		var s syscall.Statfs_t
		if err := syscall.Statfs(d.path("."), &s); err != nil {
			d.t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			d.t.Fatal(err)
		}
		more := int64(s.Bavail)*s.Bsize - free
		if more <= 0 {
			return true
		}
		err = syscall.Fallocate(int(f.Fd()), 0, info.Size(), more)
		if err != nil && !errors.Is(err, syscall.ENOSPC) { // the program was quicker to take it
			d.t.Fatal(err)
		}
		return err == nil
	})
}

func (d *smallDisk) unload() {
	if err := os.Remove(d.path("ballast")); err != nil {
		d.t.Fatal(err)
	}
}

func (d *smallDisk) bring(kind string, n int) error {
	_, err := d.client.Import(d.t.Context(), strings.NewReader(postsFile(kind, n)), client.ImportOptions{ID: kind, Format: "ndjson"}, nil)
	return err
}

func (d *smallDisk) posts() int {
	d.t.Helper()
	list, err := texts(d.t.Context(), d.client)
	if err != nil {
		d.t.Fatal(err)
	}
	return len(list)
}

func (d *smallDisk) mustLive() {
	d.t.Helper()
	select {
	case <-d.process.ended:
		d.t.Fatalf("it ended: %v %s", d.process.err, d.process.stderr.String())
	default:
	}
}

// proves F4 and STR2 for the whole program
func TestOnADiskThatFillsUpNothingNewIsKeptUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	d := onSmallDisk(t, "48m", "HEARTH_DISK_RESERVE=8MB")
	ctx := t.Context()
	if err := d.bring("first", few); err != nil {
		t.Fatal(err)
	}
	eventually(t, "room is set aside", func() bool { _, err := os.Stat(d.path("reserve")); return err == nil })
	trouble := func(words string) func() bool {
		return func() bool {
			st, err := d.client.Status(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if words == "" {
				return len(st.Trouble) == 0
			}
			return strings.Contains(strings.Join(st.Trouble, " "), words)
		}
	}
	d.leave(4 << 20)
	eventually(t, "the past is not searched", trouble("the past is not searched"))
	d.leave(500_000)
	eventually(t, "nothing new is kept", trouble("nothing new is kept"))
	if _, err := os.Stat(d.path("reserve")); err == nil {
		t.Error("the room that was set aside was not given up")
	}
	for what, err := range map[string]error{
		"an import": d.bring("second", few),
		"a monitor": func() error {
			_, err := d.client.AddMonitor(ctx, client.MonitorDraft{Name: "Pie", Query: "pie"})
			return err
		}(),
	} {
		if hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(fmt.Sprint(err), "nothing new is kept") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := d.posts(); n != few {
		t.Errorf("%d posts can be read, want %d", n, few)
	}
	if erased, err := d.client.UndoImport(ctx, "first"); err != nil || erased.Posts != few {
		t.Errorf("erasing: %+v, %v", erased, err)
	}
	d.unload()
	eventually(t, "all is well again", trouble(""))
	if err := d.bring("second", few); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n := d.posts(); n != few {
		t.Errorf("%d posts at the end, want %d", n, few)
	}
	d.mustLive()
	d.process.cmd.Process.Signal(syscall.SIGTERM)
	<-d.process.ended
	if d.process.err != nil {
		t.Errorf("it did not end well: %v %s", d.process.err, d.process.stderr.String())
	}
}

// Where nobody watches the room, writes find that there is none.
//
// proves F4
func TestOnADiskWithoutAnyRoomNothingIsHalfSaved(t *testing.T) {
	t.Parallel()
	d := onSmallDisk(t, "48m", "HEARTH_DISK_RESERVE=0", "HEARTH_DISK_LIMITS=0,0,0")
	if err := d.bring("first", few); err != nil {
		t.Fatal(err)
	}
	d.leave(0)
	refused := 0
	for i := range 20 {
		err := d.bring(fmt.Sprint("more", i), few)
		if err == nil {
			continue // it fits into what the files have
		}
		refused++
		if hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "The disk is full: nothing was saved") {
			t.Errorf("time %d: %v", i, err)
		}
	}
	if refused == 0 {
		t.Fatal("every import found room: the fault did not fire")
	}
	d.mustLive()
	d.unload()
	for i := range 20 {
		if err := d.bring(fmt.Sprint("more", i), few); err != nil {
			t.Errorf("with room again: %v", err)
		}
	}
	if n := d.posts(); n != 21*few {
		t.Errorf("%d posts at the end, want %d", n, 21*few)
	}
	d.mustLive()
}
