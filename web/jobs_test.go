package web_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/backup"
	"hearth/db"
	"hearth/ingest"
	"hearth/jobs"
	"hearth/network"
	"hearth/network/ndjson"
)

// queue makes the jobs of the house.
func (h *house) queue(state *db.DB, clock hearth.Clock, log *slog.Logger) {
	h.t.Helper()
	process, err := jobs.Join(h.t.Context(), jobs.ProcessOptions{State: state, Clock: clock, Log: log, Name: "test/1", Alone: true})
	if err != nil {
		h.t.Fatal(err)
	}
	h.state = state
	h.jobs = jobs.New(jobs.Options{State: state, Process: process, Clock: clock, Log: log, Offers: []jobs.Offer{
		{Kind: "backup", Check: checkSeries},
	}})
	h.imports, h.letters = ingest.NewImports(h.sources), ingest.NewLetterRuns(h.sources, h.jobs)
	h.uploads = ingest.NewUploads(ingest.UploadOptions{
		Imports: h.imports, Jobs: h.jobs, State: state, Dir: h.t.TempDir(), Clock: clock,
		Formats: []network.Format{ndjson.Format()}, Detect: func(file string, _ []byte) (network.Format, bool) {
			return ndjson.Format(), strings.HasSuffix(file, ".ndjson")
		},
	})
}

// checkSeries is as the server checks what a schedule of backups says.
func checkSeries(args json.RawMessage) error {
	var s backup.Series
	if err := json.Unmarshal(args, &s); err != nil {
		return err
	}
	return s.Check()
}

// enqueue puts a job on the queue.
func (h *house) enqueue(d jobs.Draft) jobs.ID {
	h.t.Helper()
	var id jobs.ID
	err := h.state.Write(h.t.Context(), func(tx *db.Tx) (err error) {
		id, _, err = h.jobs.Enqueue(tx, here, d)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// working runs the queue while something is done.
func (h *house) working(do func(), kinds ...jobs.Kind) {
	h.t.Helper()
	ctx, stop := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.jobs.Run(ctx, kinds...) }()
	do()
	stop()
	<-ended
}

// until asks for a page until it holds something.
func (h *house) until(path, part string) string {
	h.t.Helper()
	for deadline := time.After(time.Minute); ; {
		page, _ := h.page(path)
		if strings.Contains(page, part) {
			return page
		}
		select {
		case <-deadline:
			h.t.Fatalf("%s never holds %q:\n%s", path, part, page)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestWorkIsShownWithItsProgressCancelledAndTriedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/settings/jobs")
	holds(t, page, "No job yet")

	id := h.enqueue(jobs.Draft{Kind: "invented"})
	page, _ = h.page("/settings/jobs")
	holds(t, page, "invented", "waiting", `value="cancel"`)
	begun := make(chan struct{}, 2)
	kind := jobs.Handle("invented", func(ctx context.Context, r *jobs.Run, _ any) error {
		if err := r.Progress(ctx, 30, 40, "copying <b>a</b>"); err != nil {
			return err
		}
		begun <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	h.working(func() {
		<-begun
		page := h.until("/settings/jobs?state=running", `value="75"`)
		holds(t, page, "75%", "copying &lt;b&gt;a&lt;/b&gt;", `hx-trigger="every 2s"`)
		page = h.follow("/settings/jobs", "do", "cancel", "id", "1")
		holds(t, page, "The job was cancelled.", `value="retry"`)
		page = h.until("/settings/jobs?state=cancelled", `value="drop"`)
		holds(t, page, "cancelled")
		h.follow("/settings/jobs", "do", "retry", "id", "1")
		<-begun
		h.follow("/settings/jobs", "do", "cancel", "id", "1")
		h.until("/settings/jobs?state=cancelled", `value="drop"`)
	}, kind)
	page = h.follow("/settings/jobs", "do", "drop", "id", "1")
	holds(t, page, "forgotten", "No job yet")
	if _, err := h.jobs.Get(t.Context(), owner, id); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("the job is still there: %v", err)
	}
}

func TestSchedulesAreRunAndPutToSleep(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.jobs.PutSchedule(t.Context(), owner, jobs.ScheduleDraft{
		Name: "<nightly>", When: "weekly mon,thu 03:30", Zone: "Europe/Berlin", Kind: "backup", Args: map[string]any{"directory": "/backup/<i>", "keep": 7},
	})
	if err != nil {
		t.Fatal(err)
	}
	page, _ := h.page("/settings/jobs")
	holds(t, page, "Backup", "Mon, Thu at 03:30", "Europe/Berlin", "to /backup/&lt;i&gt;, 7 kept", "never", `value="&lt;nightly&gt;"`)
	page = h.follow("/settings/jobs", "do", "pause", "id", "<nightly>")
	holds(t, page, "The schedule sleeps.", "asleep", `value="resume"`)
	page = h.follow("/settings/jobs", "do", "run", "id", "<nightly>")
	holds(t, page, "It has begun.", "by schedule &lt;nightly&gt;", "waiting")
	page = h.follow("/settings/jobs", "do", "remove", "id", "<nightly>")
	holds(t, page, "The schedule is gone")
	if list, err := h.jobs.Schedules(t.Context(), owner); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
}

func TestWhoMayOnlyLookIsOfferedNoDeedOnJobs(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.enqueue(jobs.Draft{Kind: "invented"})
	h.actor = func(*http.Request) (access.Actor, error) {
		return access.Limited(here, 0, access.ReadOperations, access.ReadMonitors), nil
	}
	page, _ := h.page("/settings/jobs")
	holds(t, page, "invented")
	if strings.Contains(page, `action="/settings/jobs"`) {
		t.Error("a form is offered")
	}
	answer, _ := h.send("/settings/jobs", "do", "cancel", "id", "1")
	if answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("cancelling answers %d", answer.StatusCode)
	}
	page, _ = h.page("/settings")
	holds(t, page, "/settings/jobs", "/status")
}
