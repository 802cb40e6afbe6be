package archive_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
)

// A child appends, edits, deletes and consumes as fast as it can and says what
// was acknowledged; it is killed at any moment and started again on the same
// file. Nothing acknowledged may be lost, nothing doubled, the log has no hole,
// a cursor written with posts is where they are, and every derived thing agrees.
//
// proves I2, I6, I9, I24, F1
func TestKillingLosesNothingThatWasAcknowledged(t *testing.T) {
	if os.Getenv("HEARTH_TEST_CHILD") == "append" {
		appendUntilKilled()
		return
	}
	t.Parallel()
	path := dbtest.Location(t)
	r := rand.New(rand.NewPCG(hearthSeed(t), 1))
	l := &ledger{stored: map[int]bool{}, deleted: map[int]bool{}, tried: map[int]bool{}}
	for round := range dbtest.KillRounds(20) {
		l.run(t, path, r, round)
		l.check(t, path, round)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d posts were acknowledged in all rounds", len(l.stored))
}

func hearthSeed(t *testing.T) uint64 {
	seed := uint64(hearth.SystemClock().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("HEARTH_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("HEARTH_SEED=%d", seed)
	return seed
}

// ledger is what the child said was acknowledged.
type ledger struct {
	next    int
	stored  map[int]bool
	deleted map[int]bool
	tried   map[int]bool // deletions that were begun: they may be there or not
	cursor  int
}

// run starts the child and kills it after a random time.
func (l *ledger) run(t *testing.T, path string, r *rand.Rand, round int) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillingLosesNothingThatWasAcknowledged$")
	cmd.Env = append(os.Environ(), "HEARTH_TEST_CHILD=append", "HEARTH_TEST_PATH="+path, "HEARTH_TEST_NEXT="+strconv.Itoa(l.next))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if first, err := lines.ReadString('\n'); err != nil {
		t.Fatalf("round %d: the child did not start: %q, %v", round, first, err)
	} else {
		l.take(t, first)
	}
	// The clock runs from the first acknowledgement on, so that slow machines
	// kill in the middle of work too.
	after := time.Duration(r.IntN(150)) * time.Millisecond
	var timer *time.Timer
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break // half a line was not said
		}
		if err != nil {
			t.Fatal(err)
		}
		l.take(t, line)
		if timer == nil && strings.HasPrefix(line, "stored") {
			timer = time.AfterFunc(after, func() { cmd.Process.Kill() })
			defer timer.Stop()
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatalf("round %d: the child ended by itself", round)
	}
}

func (l *ledger) take(t *testing.T, line string) {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	from, to, _ := strings.Cut(rest, " ")
	a, err1 := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil {
		t.Fatalf("the child said %q", line)
	}
	switch word {
	case "try":
		l.next = max(l.next, b)
	case "stored":
		for i := a; i < b; i++ {
			l.stored[i] = true
		}
		l.cursor = b
	case "deleting":
		l.tried[a] = true
	case "deleted":
		l.deleted[a] = true
	default:
		t.Fatalf("the child said %q", line)
	}
}

// check opens the file as the next start does and compares.
func (l *ledger) check(t *testing.T, path string, round int) {
	s := openStore(t, path, seen, cursors)
	defer s.close()
	rows := map[string]int{}
	visible := map[string]bool{}
	last := hearth.Seq(0)
	for _, r := range s.log(t) {
		if r.Seq != last+1 {
			t.Errorf("round %d: row %d follows row %d", round, r.Seq, last)
		}
		last = r.Seq
		switch r.Op {
		case archive.Create:
			if !r.Erased {
				rows[r.Post.ID]++
				visible[r.Post.ID] = true
			}
		case archive.Delete:
			visible[r.Post.ID] = false
		}
	}
	for id, n := range rows {
		if n > 1 {
			t.Errorf("round %d: post %s is there %d times", round, id, n)
		}
	}
	for i := range l.stored {
		id := strconv.Itoa(i)
		if !visible[id] && !l.deleted[i] && !l.tried[i] {
			t.Errorf("round %d: post %s was acknowledged and is gone", round, id)
		}
	}
	for i := range l.deleted {
		if visible[strconv.Itoa(i)] {
			t.Errorf("round %d: the deletion of post %d was acknowledged and is gone", round, i)
		}
	}
	cursor := 0
	err := s.db.Read(t.Context(), func(tx *db.Tx) error {
		err := tx.QueryRow("SELECT value FROM cursor WHERE workspace_id = 1").Scan(&cursor)
		if errors.Is(err, errNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if cursor < l.cursor {
		t.Errorf("round %d: the cursor went back to %d from %d", round, cursor, l.cursor)
	}
	for id, is := range visible {
		if i, _ := strconv.Atoi(id); is && i >= cursor {
			t.Errorf("round %d: post %s is there, but the cursor is %d", round, id, cursor)
		}
	}
	l.next = max(l.next, cursor)
	s.consume(t, recorder(nil))
	got := s.seen(t)
	if len(got) != int(last) {
		t.Errorf("round %d: the consumer saw %d rows of %d", round, len(got), last)
	}
	s.checkRecount(t)
	if round%5 != 4 {
		return // what follows takes longer than a round
	}
	if r := s.verify(t); !r.OK() {
		t.Errorf("round %d: %+v", round, r)
	}
}

var cursors = db.Schema{Name: "cursors", Files: oneFile("CREATE TABLE cursor (workspace_id INTEGER PRIMARY KEY, value INTEGER NOT NULL)")}

// appendUntilKilled is the child. It appends batches of posts with a cursor
// behind them, and deletes some again.
func appendUntilKilled() {
	ctx := context.Background()
	d, err := db.Open(ctx, os.Getenv("HEARTH_TEST_PATH"), db.Options{Schemas: []db.Schema{archive.Schema(), seen, cursors}})
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(2)
	}
	a, err := archive.Open(ctx, d, archive.Options{SearchTime: time.Minute})
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(2)
	}
	a.SmallSegments(100)
	next, _ := strconv.Atoi(os.Getenv("HEARTH_TEST_NEXT"))
	go a.Consume(ctx, recorder(nil))
	// A line is said in one write, so that the parent reads whole ones.
	say := func(format string, args ...any) { fmt.Fprintf(os.Stdout, format+"\n", args...) }
	say("try %d %d", next, next)
	r := rand.New(rand.NewPCG(uint64(next), 2))
	for {
		n := 1 + r.IntN(60)
		say("try %d %d", next, next+n)
		entries := make([]archive.Entry, n)
		for i := range entries {
			entries[i] = create(strconv.Itoa(next+i), "ann", fmt.Sprint("post number ", next+i))
		}
		end := next + n
		_, err := a.Append(ctx, ws, entries, func(tx *db.Tx, _ []archive.Result) error {
			_, err := tx.Exec("INSERT INTO cursor (workspace_id, value) VALUES (1, ?) ON CONFLICT (workspace_id) DO UPDATE SET value = excluded.value", end)
			return err
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(2)
		}
		say("stored %d %d", next, end)
		if r.IntN(3) == 0 {
			victim := next + r.IntN(n)
			say("deleting %d 0", victim)
			if _, err := a.Append(ctx, ws, []archive.Entry{event(archive.Delete, strconv.Itoa(victim), "ann", "", "")}, nil); err != nil {
				fmt.Fprintln(os.Stderr, "child:", err)
				os.Exit(2)
			}
			say("deleted %d 0", victim)
		}
		next = end
	}
}
