package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"filippo.io/age"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/backup"
	"hearth/db"
)

var (
	ws     = hearth.DefaultWorkspace
	owner  = access.LocalOwner(ws)
	people = db.Schema{Name: "people", Files: fstest.MapFS{"0001_note.sql": {Data: []byte("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")}}}
)

// home is an installation that is open.
type home struct {
	t       testing.TB
	dir     string
	state   *db.DB
	store   *db.DB
	archive *archive.Archive
}

func openHome(t testing.TB, dir string) *home {
	t.Helper()
	h := &home{t: t, dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var err error
	if h.state, err = db.Open(t.Context(), filepath.Join(dir, backup.StateFile), db.Options{Schemas: []db.Schema{access.StateSchema(), people}}); err != nil {
		t.Fatal(err)
	}
	if h.store, err = db.Open(t.Context(), filepath.Join(dir, backup.ArchiveFile), db.Options{Schemas: []db.Schema{archive.Schema()}}); err != nil {
		t.Fatal(err)
	}
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	return h
}

func (h *home) close() {
	h.archive.Close()
	h.store.Close()
	h.state.Close()
}

// add appends posts and, after each commit, notes in the state how many there
// are: so a state that is newer than its archive can be told.
func (h *home) add(from, n int) {
	h.t.Helper()
	var entries []archive.Entry
	for i := range n {
		entries = append(entries, archive.Entry{Post: &hearth.Post{Network: "demo", ID: fmt.Sprint(from + i), Text: fmt.Sprint("pie number ", from+i)}})
	}
	if _, err := h.archive.Append(context.Background(), ws, entries, nil); err != nil {
		h.t.Error(err)
		return
	}
	err := h.state.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO note (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", fmt.Sprint(from+n))
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

func (h *home) rows() (posts, noted int) {
	h.t.Helper()
	head, err := h.archive.Head(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.state.Read(h.t.Context(), func(tx *db.Tx) error {
		var body string
		if err := tx.QueryRow("SELECT body FROM note WHERE id = 1").Scan(&body); err != nil {
			return err
		}
		_, err := fmt.Sscan(body, &noted)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return int(head), noted
}

func (h *home) backups() *backup.Backups {
	return backup.New(backup.Options{State: h.state, Store: h.store, Version: "test", Clock: hearth.SystemClock})
}

// made is a backup of an installation with some posts.
func made(t testing.TB, posts int, recipients ...string) string {
	t.Helper()
	h := openHome(t, filepath.Join(t.TempDir(), "data"))
	h.add(0, posts)
	dir := filepath.Join(t.TempDir(), "backup")
	if _, err := h.backups().Make(t.Context(), owner, backup.Request{Directory: dir, Recipients: recipients}, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

func wantCode(t *testing.T, err error, code hearth.Code, words string) {
	t.Helper()
	if hearth.ErrorCode(err) != code || err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want a %s error with %q", err, code, words)
	}
}

// proves BAK1, BAK2 without journals
func TestABackupOfAnInstallationAtWorkIsOneMomentOfEachPart(t *testing.T) {
	t.Parallel()
	h := openHome(t, filepath.Join(t.TempDir(), "data"))
	h.add(0, 500)
	var next atomic.Int64
	next.Store(500)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				h.add(int(next.Load()), 20)
				next.Add(20)
			}
		}
	}()
	dir := filepath.Join(t.TempDir(), "backup")
	var told []string
	m, err := h.backups().Make(t.Context(), owner, backup.Request{Directory: dir}, func(p backup.Progress) {
		if len(told) == 0 || told[len(told)-1] != p.Doing {
			told = append(told, p.Doing)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	during := next.Load()
	close(stop)
	<-stopped
	if during == 500 {
		t.Error("nothing was written meanwhile: the backup kept everybody waiting")
	}
	if m.Rows < 500 || int64(m.Rows) > next.Load() {
		t.Errorf("the backup has %d rows, the archive has %d", m.Rows, next.Load())
	}
	if want := "copying hearth.db,checking hearth.db,hashing hearth.db,copying archive.db,checking archive.db,hashing archive.db"; strings.Join(told, ",") != want {
		t.Errorf("told %q, want %s", told, want)
	}
	if _, err := backup.Verify(t.Context(), dir, nil, nil); err != nil {
		t.Errorf("verifying: %v", err)
	}
	data := filepath.Join(t.TempDir(), "restored")
	opened := ""
	if _, err := backup.Restore(t.Context(), dir, data, nil, func(dir string) error { opened = dir; return nil }, nil); err != nil {
		t.Fatal(err)
	}
	if opened == "" || opened == data {
		t.Errorf("opened %q, want a directory that has not its name yet", opened)
	}
	r := openHome(t, data)
	posts, noted := r.rows()
	if posts != int(m.Rows) || noted > posts {
		t.Errorf("%d posts and a state that knows of %d; the manifest says %d", posts, noted, m.Rows)
	}
	if report, err := r.archive.Verify(t.Context(), nil); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
	r.add(posts, 10) // and it goes on
}

func TestABackupIsRefusedWhereItWouldDoHarm(t *testing.T) {
	t.Parallel()
	h := openHome(t, filepath.Join(t.TempDir(), "data"))
	h.add(0, 10)
	free := int64(-1)
	b := backup.New(backup.Options{State: h.state, Store: h.store, Clock: hearth.SystemClock, Free: func(string) int64 { return free }})
	try := func(dir string, recipients ...string) error {
		_, err := b.Make(t.Context(), owner, backup.Request{Directory: dir, Recipients: recipients}, nil)
		return err
	}
	dir := t.TempDir()
	wantCode(t, try("relative"), hearth.Invalid, "from the root on")
	wantCode(t, try(dir), hearth.Conflict, "there already")
	wantCode(t, try(filepath.Join(dir, "no", "such")), hearth.Invalid, "There is no directory")
	wantCode(t, try(filepath.Join(h.dir, "backup")), hearth.Invalid, "inside the data directory")
	wantCode(t, try(filepath.Join(dir, "x"), "no key"), hearth.Invalid, "age-keygen")
	free = 1000
	wantCode(t, try(filepath.Join(dir, "x")), hearth.Unavailable, "only 0 MB are free")
	free = -1
	_, err := b.Make(t.Context(), access.Limited(ws, 1, access.ReadOperations), backup.Request{Directory: filepath.Join(dir, "x")}, nil)
	wantCode(t, err, hearth.Denied, "operations.write")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Make(ctx, owner, backup.Request{Directory: filepath.Join(dir, "x")}, nil); err == nil {
		t.Error("made a backup that nobody waits for")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := try(filepath.Join(dir, "x")); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func TestAnEncryptedBackupOpensWithItsKeyOnly(t *testing.T) {
	t.Parallel()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := made(t, 50, key.Recipient().String())
	for _, name := range []string{"hearth.db.age", "archive.db.age"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || bytes.Contains(text, []byte("SQLite format")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "archive.db")); err == nil {
		t.Error("the archive is there in the clear as well")
	}
	data := filepath.Join(t.TempDir(), "restored")
	restore := func(with ...age.Identity) error {
		_, err := backup.Restore(t.Context(), dir, data, with, nil, nil)
		return err
	}
	wantCode(t, restore(), hearth.Denied, "--identity")
	wantCode(t, restore(other), hearth.Denied, "encrypted to others")
	if _, err := os.Stat(data); err == nil {
		t.Error("something was restored without the key")
	}
	file, err := backup.Identities(strings.NewReader("# a key\n" + key.String() + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Verify(t.Context(), dir, file, nil); err != nil {
		t.Error(err)
	}
	if err := restore(file...); err != nil {
		t.Fatal(err)
	}
	if posts, _ := openHome(t, data).rows(); posts != 50 {
		t.Errorf("%d posts", posts)
	}
}

func TestRestoreOverwritesNothing(t *testing.T) {
	t.Parallel()
	dir := made(t, 10)
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := backup.Restore(t.Context(), dir, data, nil, nil, nil)
	wantCode(t, err, hearth.Conflict, "fresh directory")
	_, err = backup.Restore(t.Context(), t.TempDir(), filepath.Join(data, "y"), nil, nil, nil)
	wantCode(t, err, hearth.NotFound, "is no backup")
	empty := t.TempDir()
	refuse := hearth.Errorf(hearth.Conflict, "newer Hearth")
	_, err = backup.Restore(t.Context(), dir, empty, nil, func(string) error { return refuse }, nil)
	wantCode(t, err, hearth.Conflict, "newer Hearth")
	if _, err = backup.Restore(t.Context(), dir, empty, nil, nil, nil); err != nil {
		t.Errorf("into an empty directory: %v", err)
	}
}

// proves F6 and F7 for the parts and the manifest of a backup
func TestAnyChangeToABackupIsFoundBeforeItIsRestored(t *testing.T) {
	t.Parallel()
	dir := made(t, 200)
	dice := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"hearth.db", "archive.db", "manifest.json"} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 60 {
			broken := bytes.Clone(whole)
			if i%3 == 0 {
				broken = broken[:dice.IntN(len(broken))]
			} else {
				broken[dice.IntN(len(broken))] ^= 1 << dice.IntN(8)
			}
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			data := filepath.Join(t.TempDir(), "restored")
			_, verified := backup.Verify(t.Context(), dir, nil, nil)
			_, restored := backup.Restore(t.Context(), dir, data, nil, nil, nil)
			for _, err := range []error{verified, restored} {
				if code := hearth.ErrorCode(err); code != hearth.Damaged && code != hearth.Conflict {
					t.Errorf("%s, change %d: %v", name, i, err)
				}
			}
			if _, err := os.Stat(data); err == nil {
				t.Errorf("%s, change %d: restored all the same", name, i)
			}
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := backup.Verify(t.Context(), dir, nil, nil); err != nil {
		t.Errorf("the control: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "archive.db")); err != nil {
		t.Fatal(err)
	}
	_, err := backup.Verify(t.Context(), dir, nil, nil)
	wantCode(t, err, hearth.Damaged, "archive.db is missing")
}

func FuzzManifest(f *testing.F) {
	dir := made(f, 1)
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"layout":2}`))
	f.Add([]byte(`{"layout":1,"parts":[{"name":"../x","file":"../x"}]}`))
	f.Fuzz(func(t *testing.T, manifest []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "manifest.json"), manifest, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := backup.Read(dir)
		if err != nil && hearth.ErrorCode(err) == hearth.Internal {
			t.Error(err)
		}
		if err == nil && !bytes.Equal(manifest, text) {
			t.Logf("another manifest is sound: %+v", m)
		}
	})
}
