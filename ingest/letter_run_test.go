package ingest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/network"
)

// lettered is a source with dead letters, and runs over them.
type lettered struct {
	*house
	sources *ingest.Sources
	runs    *ingest.LetterRuns
	queue   *jobs.Queue
	source  hearth.SourceID
}

// lettered makes a source whose network reads "pie" alone, with n letters that it
// can read by now and m that it cannot.
func (h *house) lettered(n, m int) *lettered {
	h.t.Helper()
	h.listen("pie")
	o := h.options()
	o.Networks = []network.Network{{Name: "toy", Title: "Toy", Decode: func(raw []byte, b *network.Batch) {
		if raw[0] == '?' {
			b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: "Still nonsense."})
			return
		}
		*b.Add() = create(string(raw), string(raw))
	}}}
	l := &lettered{house: h, sources: ingest.NewSources(o)}
	src, err := l.sources.Add(h.t.Context(), owner, ingest.Draft{Network: "toy"})
	if err != nil {
		h.t.Fatal(err)
	}
	l.source = src.ID
	l.dead(n, "pie %d", "Too new at byte %d.")
	l.dead(m, "? %d", "Nonsense at byte %d.")
	process, err := jobs.Join(h.t.Context(), jobs.ProcessOptions{State: h.state, Clock: h.clock, Log: h.log, Name: "test/1", Alone: true})
	if err != nil {
		h.t.Fatal(err)
	}
	l.queue = jobs.New(jobs.Options{State: h.state, Process: process, Clock: h.clock, Log: h.log})
	l.runs = ingest.NewLetterRuns(l.sources, l.queue)
	return l
}

// dead adds dead letters.
func (l *lettered) dead(n int, raw, reason string) {
	l.t.Helper()
	b := batch(fmt.Sprintf("c%s%d", raw, n))
	for i := range n {
		b.Rejects = append(b.Rejects, network.Reject{Raw: fmt.Appendf(nil, raw, i), Reason: fmt.Sprintf(reason, i)})
	}
	o := l.flowOptions()
	o.Source = l.source
	l.flow(o, b)
}

// work lets the queue work until the test ends.
func (l *lettered) work() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.queue.Run(ctx, l.runs.Kinds()...) }()
	l.t.Cleanup(func() { stop(); <-ended })
}

func (l *lettered) start(t ingest.LetterTask) ingest.LetterRun {
	l.t.Helper()
	t.Source = l.source
	run, err := l.runs.Start(l.t.Context(), owner, t)
	if err != nil {
		l.t.Fatal(err)
	}
	return run
}

// ended waits until a run is done.
func (l *lettered) ended(id jobs.ID) ingest.LetterRun {
	l.t.Helper()
	for deadline := time.After(time.Minute); ; {
		list, err := l.runs.List(l.t.Context(), owner, l.source)
		if err != nil {
			l.t.Fatal(err)
		}
		for _, run := range list {
			if run.Job.ID == id && run.Job.State == jobs.Done {
				return run
			}
			if run.Job.State == jobs.Dead {
				l.t.Fatalf("the run failed: %s", run.Job.Error)
			}
		}
		select {
		case <-deadline:
			l.t.Fatalf("the run stays so: %+v", list)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (l *lettered) errors() map[string]int64 {
	l.t.Helper()
	list, err := l.sources.LetterErrors(l.t.Context(), owner, l.source)
	if err != nil {
		l.t.Fatal(err)
	}
	counts := map[string]int64{}
	for _, e := range list {
		counts[e.Error] = e.Count
	}
	return counts
}

// proves I36 for the way back
func TestAllDeadLettersOfASourceAreReadAgainAtOnce(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.Home(t)).lettered(300, 5)
	if got := l.errors(); got["Too new at byte 0."] != 300 || got["Nonsense at byte 0."] != 5 {
		t.Fatalf("the errors: %v", got)
	}
	begun := l.start(ingest.LetterTask{Act: ingest.ReplayLetters})
	var lines int64
	err := l.state.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit WHERE workspace_id = ? AND verb = 'dead-letter.replay' AND object_kind = 'source'`, here).Scan(&lines)
	})
	if err != nil || lines != 1 {
		t.Errorf("%d lines in the audit log: %v", lines, err)
	}
	if _, err := l.runs.Start(t.Context(), owner, ingest.LetterTask{Act: ingest.ReplayLetters, Source: l.source}); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a second run: %v", err)
	}
	l.dead(1, "pie late %d", "Too late at byte %d.") // is not of the run
	l.work()
	run := l.ended(begun.Job.ID)
	if run.Letters != 305 || run.Result.Done != 300 || run.Result.Failed != 5 || run.Job.Progress.Done != 305 || run.Job.Progress.Total != 305 {
		t.Errorf("the run: %+v", run)
	}
	if why := run.Result.Reasons; len(why) != 1 || why[0].Count != 5 || why[0].Reason != "It still cannot be read: Still nonsense." {
		t.Errorf("why they failed: %+v", why)
	}
	if got := l.errors(); len(got) != 2 || got["Nonsense at byte 0."] != 5 || got["Too late at byte 0."] != 1 {
		t.Errorf("left: %v", got)
	}
	if got := l.texts(); len(got) != 300 {
		t.Errorf("%d posts are stored", len(got))
	}
	again := l.ended(l.start(ingest.LetterTask{Act: ingest.ReplayLetters, Error: "Too late at byte 0."}).Job.ID)
	if again.Letters != 1 || again.Result.Done != 1 || len(l.texts()) != 301 {
		t.Errorf("of one error: %+v", again)
	}
}

func TestWhatARunDismissedAnotherBringsBack(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.Home(t)).lettered(250, 3)
	l.work()
	alone := l.letters()[0].ID // nonsense, dismissed by itself
	if err := l.sources.DismissDeadLetter(t.Context(), owner, alone); err != nil {
		t.Fatal(err)
	}
	run := l.ended(l.start(ingest.LetterTask{Act: ingest.DismissLetters, Error: "Too new at byte 0."}).Job.ID)
	if got := l.errors(); run.Result.Done != 250 || len(got) != 1 || got["Nonsense at byte 0."] != 2 || len(l.letters()) != 2 {
		t.Errorf("dismissed %d, left %v", run.Result.Done, got)
	}
	if err := l.sources.ReplayDeadLetter(t.Context(), owner, alone); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a dismissed letter is read: %v", err)
	}
	back := l.ended(l.start(ingest.LetterTask{Act: ingest.RestoreLetters, Run: run.Job.ID}).Job.ID)
	if got := l.errors(); back.Result.Done != 250 || got["Too new at byte 0."] != 250 || got["Nonsense at byte 0."] != 2 {
		t.Errorf("brought back %d: %v", back.Result.Done, got)
	}
	if _, err := l.runs.Start(t.Context(), owner, ingest.LetterTask{Act: ingest.RestoreLetters, Source: l.source, Run: run.Job.ID}); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("brought back twice: %v", err)
	}
	if err := l.sources.RestoreDeadLetter(t.Context(), owner, alone); err != nil {
		t.Error(err)
	}
	if err := l.sources.RestoreDeadLetter(t.Context(), owner, alone); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("one that is back: %v", err)
	}
	if got := l.errors(); got["Nonsense at byte 0."] != 3 {
		t.Errorf("in the end: %v", got)
	}
}

func TestADismissedLetterGoesAfterSevenDays(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	start, ahead := h.clock(), time.Duration(0)
	h.clock = func() time.Time { return start.Add(ahead) }
	l := h.lettered(2, 0)
	first := l.letters()[0].ID
	if err := l.sources.DismissDeadLetter(t.Context(), owner, first); err != nil {
		t.Fatal(err)
	}
	ahead = ingest.DismissedKept - time.Hour
	if err := l.sources.TidyLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.sources.RestoreDeadLetter(t.Context(), owner, first); err != nil {
		t.Fatalf("within seven days: %v", err)
	}
	if err := l.sources.DismissDeadLetter(t.Context(), owner, first); err != nil {
		t.Fatal(err)
	}
	ahead += ingest.DismissedKept + time.Hour
	if err := l.sources.TidyLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.sources.RestoreDeadLetter(t.Context(), owner, first); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("after seven days: %v", err)
	}
	if n := len(l.letters()); n != 1 {
		t.Errorf("%d letters are left", n)
	}
}

// proves TN1 for runs
func TestNobodyWorksOnTheLettersOfOthers(t *testing.T) {
	t.Parallel()
	l := open(t, dbtest.Home(t)).lettered(1, 0)
	task := ingest.LetterTask{Act: ingest.DismissLetters, Source: l.source}
	if _, err := l.runs.Start(t.Context(), access.LocalOwner(2), task); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour's run: %v", err)
	}
	l.start(task)
	if list, err := l.runs.List(t.Context(), access.LocalOwner(2), l.source); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour sees %v, %v", list, err)
	}
	if list, err := l.sources.LetterErrors(t.Context(), access.LocalOwner(2), l.source); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour sees %v, %v", list, err)
	}
}
