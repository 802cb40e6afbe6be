package server_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hearth"
	"hearth/cli"
	"hearth/client"
	"hearth/pairing"
	"hearth/server"
)

// samples is how often something is damaged; `make torture` asks for more.
func samples(normal, torture int) int {
	if os.Getenv("HEARTH_KILL_ROUNDS") != "" {
		return torture
	}
	return normal
}

// wreck is what a crash has left of a server whose log had more and more rows.
type wreck struct {
	dir    string
	rows   []int // of the log, after each of the last imports
	marked int   // how far hearth.db knows that it goes
}

// saidBy is the text of a post, by its number.
func saidBy(i int) string {
	return fmt.Sprintf("post %d is about pie and thing%d, said at length so that it fills some room", i, i%97)
}

func newWreck(t *testing.T) *wreck {
	t.Helper()
	home := t.TempDir()
	w := &wreck{dir: filepath.Join(t.TempDir(), "wreck")}
	n := 0
	bring := func(c *client.Client, more int) {
		t.Helper()
		var lines strings.Builder
		for range more {
			fmt.Fprintf(&lines, `{"network":"demo","id":"%d","text":%q}`+"\n", n, saidBy(n))
			n++
		}
		if _, err := c.Import(t.Context(), strings.NewReader(lines.String()), client.ImportOptions{Format: "ndjson"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	r := start(t, configIn(home))
	if _, err := r.AddMonitor(t.Context(), client.MonitorDraft{Name: "Pie", Query: "pie"}); err != nil {
		t.Fatal(err)
	}
	bring(r.Client, 300)
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	s, err := server.Build(t.Context(), configIn(home))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	face := httptest.NewServer(s.Handler())
	defer face.Close()
	c, err := client.New(face.URL, client.Options{Key: s.Key()})
	if err != nil {
		t.Fatal(err)
	}
	w.rows = append(w.rows, n)
	for i := range 3 {
		bring(c, 5)
		w.rows = append(w.rows, n)
		if i == 0 {
			w.marked = n
			if err := s.MarkHead(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	copyDir(t, w.dir, home)
	return w
}

// transactions are the places in a WAL at which one ends.
func transactions(wal []byte) (ends []int) {
	const header, frame = 32, 24 + 4096
	for at := header; at+frame <= len(wal); at += frame {
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			ends = append(ends, at+frame)
		}
	}
	return ends
}

// hurt makes a copy of the wreck in which one file is another.
func (w *wreck) hurt(t *testing.T, name string, text []byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	copyDir(t, dir, w.dir)
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// served is all posts that a start on a directory gives out, each as it was
// stored, or else an error of the test.
func served(t *testing.T, dir, what string) (texts map[int]bool, deviates bool, err error) {
	t.Helper()
	s, err := server.Build(t.Context(), configIn(dir))
	if err != nil {
		return nil, false, err
	}
	defer s.Close()
	face := httptest.NewServer(s.Handler())
	defer face.Close()
	c, err := client.New(face.URL, client.Options{Key: s.Key()})
	if err != nil {
		t.Fatal(err)
	}
	texts = map[int]bool{}
	take := func(id, text string) {
		n, err := strconv.Atoi(id)
		if err != nil || n < 0 || text != saidBy(n) {
			t.Errorf("%s: post %q says %q, which nobody said", what, id, text)
			return
		}
		texts[n] = true
	}
	body, err := c.Export(t.Context(), client.ExportRequest{})
	if err != nil {
		return texts, false, err
	}
	defer body.Close()
	for d := json.NewDecoder(body); ; {
		var document struct{ ID, Text string }
		if err := d.Decode(&document); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return texts, false, err
		}
		take(document.ID, document.Text)
	}
	found := 0
	for cursor := ""; ; {
		page, err := c.Search(t.Context(), client.SearchRequest{Search: client.Search{Query: "pie thing3*"}, Limit: 100, Cursor: cursor})
		if err != nil {
			return texts, false, err
		}
		for i := range page.Posts {
			found++
			take(page.Posts[i].Post.ID, page.Posts[i].Post.Text)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	want := 0
	for n := range texts {
		if strings.HasPrefix(strconv.Itoa(n%97), "3") {
			want++
		}
	}
	return texts, found != want, nil
}

// proves F6 for the WALs and the files of a directory that a crash has left
func TestWhatIsCutOffAStoreEndsAtACommitOrIsNamed(t *testing.T) {
	t.Parallel()
	w := newWreck(t)
	dice := rand.New(rand.NewPCG(3, 4))
	began, refused := map[int]int{}, 0
	for _, name := range []string{"archive.db-wal", "hearth.db-wal", "archive.db", "hearth.db"} {
		whole, err := os.ReadFile(filepath.Join(w.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		from := 0
		if ends := transactions(whole); strings.HasSuffix(name, "-wal") {
			if len(ends) < 4 && name == "archive.db-wal" {
				t.Fatalf("%s has %d transactions only", name, len(ends))
			}
			if len(ends) > 12 { // an import is three transactions and more
				from = ends[len(ends)-12]
			}
		}
		var cuts []int
		few := 6
		if name == "archive.db-wal" {
			few = 24
		}
		for range samples(few, 5000) {
			cuts = append(cuts, from+dice.IntN(len(whole)-from))
		}
		for _, cut := range append(cuts, len(whole)) {
			what := fmt.Sprintf("%s cut at %d of %d", name, cut, len(whole))
			texts, _, err := served(t, w.hurt(t, name, whole[:cut]), what)
			var wrong *pairing.Mismatch
			switch {
			case err == nil:
				began[len(texts)]++
				if len(texts) < w.marked {
					t.Errorf("%s: it starts with %d posts, but %d are known of", what, len(texts), w.marked)
				}
				boundary := false
				for _, rows := range w.rows {
					boundary = boundary || rows == len(texts)
				}
				for i := range texts {
					boundary = boundary && i < len(texts)
				}
				if !boundary {
					t.Errorf("%s: it starts with %d posts, which is the middle of a transaction", what, len(texts))
				}
			case errors.As(err, &wrong):
				refused++
				if name == "archive.db-wal" && cut > 0 && !strings.Contains(wrong.Saw, fmt.Sprintf("rows 301 to %d are missing", w.marked)) {
					t.Errorf("%s: %v", what, err)
				}
			case hearth.ErrorCode(err) != hearth.Damaged:
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if began[w.rows[3]] == 0 || began[w.rows[2]] == 0 || began[w.rows[1]] == 0 || refused == 0 {
		t.Errorf("the cuts do not reach everything: starts with so many posts %v, %d refused", began, refused)
	}
}

// One bit is another, anywhere: no reader is given what nobody said, nothing
// panics, and where posts are missing or searches find less the start or the
// doctor says so.
//
// proves F7 for the archive's file and its WAL, and for the state's without the
// texts in it
func TestAFlippedBitIsNeverServed(t *testing.T) {
	t.Parallel()
	w := newWreck(t)
	dice := rand.New(rand.NewPCG(5, 6))
	all := w.rows[3]
	outcomes := map[string]int{}
	for _, f := range []struct {
		name            string
		normal, torture int
	}{{"archive.db", 40, 8000}, {"archive.db-wal", 12, 2000}, {"hearth.db", 8, 500}, {"hearth.db-wal", 8, 500}} {
		whole, err := os.ReadFile(filepath.Join(w.dir, f.name))
		if err != nil {
			t.Fatal(err)
		}
		ends := transactions(whole)
		hurt := make([]byte, len(whole))
		for range samples(f.normal, f.torture) {
			copy(hurt, whole)
			at, bit := dice.IntN(len(whole)), dice.IntN(8)
			hurt[at] ^= 1 << bit
			what := fmt.Sprintf("%s with bit %d of byte %d flipped", f.name, bit, at)
			dir := w.hurt(t, f.name, hurt)
			texts, deviates, err := served(t, dir, what)
			switch code := hearth.ErrorCode(err); {
			case err == nil && len(texts) == all && !deviates:
				outcomes["nothing shows"]++
				continue
			case code == hearth.Damaged:
				outcomes["refused "+f.name]++
				continue
			case f.name == "archive.db-wal" && err == nil && at >= ends[len(ends)-2] && len(texts) >= w.marked && !deviates:
				outcomes["the last transaction is gone"]++ // like one that was being written
				continue
			}
			bad := found(examined(t, dir, cli.DoctorOptions{Deep: true}), cli.Bad)
			if !strings.Contains(bad, "("+string(hearth.Damaged)+")") {
				t.Errorf("%s: %d posts of %d, finding them deviates %v, error %v, and the doctor says %q", what, len(texts), all, deviates, err, bad)
			}
			outcomes["the doctor finds it"]++
		}
	}
	t.Logf("%v", outcomes)
	if outcomes["nothing shows"] == 0 || outcomes["refused archive.db-wal"] == 0 || outcomes["refused archive.db"]+outcomes["the doctor finds it"] == 0 {
		t.Errorf("the samples do not reach everything: %v", outcomes)
	}
}
