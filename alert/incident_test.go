package alert

import (
	"math"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert/forecast"
	"hearth/db"
)

func (h *house) raised() Alert {
	h.t.Helper()
	h.listen("Kaffora", "kaffora")
	h.past(10, 4, "kaffora")
	h.look()
	h.arrive(many(40, post{text: "kaffora smells", sentiment: hearth.Negative})...)
	h.look()
	return h.only()
}

func ptr[T any](v T) *T { return &v }

// proves M11: from an alert to the report, with everything that happened between.
func TestAnAlertBecomesAnIncidentAndEndsWithAReport(t *testing.T) {
	t.Parallel()
	h := open(t)
	from := h.raised()
	one, err := h.incidents.Open(t.Context(), owner, IncidentDraft{Alert: from.ID, Runbook: "product"})
	if err != nil {
		t.Fatal(err)
	}
	if one.Class != from.Class || one.Monitor != from.Monitor || !one.Began.Equal(from.Began) || len(one.Runbook) == 0 || one.Statement == "" || one.Title == "" {
		t.Errorf("the incident is %+v", one)
	}
	if again, err := h.incidents.Open(t.Context(), owner, IncidentDraft{Alert: from.ID}); err != nil || again.ID != one.ID {
		t.Errorf("opened again it is %d, %v", again.ID, err)
	}
	h.arrive(many(150, post{text: "kaffora smells", sentiment: hearth.Negative})...)
	h.look()
	if one, err = h.incidents.Note(t.Context(), owner, one.ID, "Quality management knows."); err != nil {
		t.Fatal(err)
	}
	if one, err = h.incidents.Mark(t.Context(), owner, one.ID, 1, one.Runbook[0].Text, true); err != nil || !one.Runbook[0].Done {
		t.Fatal(err)
	}
	if _, err := h.incidents.Mark(t.Context(), owner, one.ID, 1, "another step", true); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a step that is another one now: %v", err)
	}
	if _, err := h.incidents.PausePublishing(t.Context(), owner, one.ID); err != nil {
		t.Fatal(err)
	}
	if p, err := h.incidents.Publishing(t.Context(), owner); err != nil || !p.Paused || p.Incident != one.ID {
		t.Errorf("publishing is %+v, %v", p, err)
	}
	h.spend(2 * time.Hour)
	if _, err := h.incidents.Change(t.Context(), owner, one.ID, one.Version, IncidentEdit{Owner: ptr(hearth.UserID(5))}); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("an owner who is not there: %v", err)
	}
	if _, err := h.incidents.Open(t.Context(), owner, IncidentDraft{Title: "x", Owner: 5}); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("an owner from the beginning who is not there: %v", err)
	}
	h.joins(4)
	if one, err = h.incidents.Change(t.Context(), owner, one.ID, one.Version, IncidentEdit{Status: ptr(Closed), Owner: ptr(hearth.UserID(4))}); err != nil {
		t.Fatal(err)
	}
	if one.Closed.IsZero() || !strings.Contains(one.Report, "Steps done: 1 of") {
		t.Errorf("closed at %v with the report %q", one.Closed, one.Report)
	}
	one, err = h.incidents.Get(t.Context(), owner, one.ID)
	var kinds []string
	for _, e := range one.Timeline {
		kinds = append(kinds, string(e.Kind))
	}
	if got := strings.Join(kinds, " "); err != nil || got != "opened alert note step publishing changed" {
		t.Errorf("the timeline is %s, %v", got, err)
	}
	if n := len(h.told(IncidentOpened)); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// proves I43: nothing is overwritten, and both texts are there.
func TestTwoWhoWriteAtOnceBothKeepTheirText(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, err := h.incidents.Open(t.Context(), owner, IncidentDraft{Title: "Broken lids"})
	if err != nil {
		t.Fatal(err)
	}
	saw := one.Version
	if _, err := h.incidents.Change(t.Context(), owner, one.ID, saw, IncidentEdit{Statement: ptr("We exchange all lids.")}); err != nil {
		t.Fatal(err)
	}
	other := access.Limited(here, 9, access.WriteAlerts, access.ReadAlerts)
	_, err = h.incidents.Change(t.Context(), other, one.ID, saw, IncidentEdit{Statement: ptr("Lids are safe."), Status: ptr(Closed)})
	if hearth.ErrorCode(err) != hearth.Conflict || !strings.Contains(err.Error(), "kept in the timeline") {
		t.Fatalf("the second writer gets %v", err)
	}
	one, err = h.incidents.Get(t.Context(), owner, one.ID)
	last := one.Timeline[len(one.Timeline)-1]
	if err != nil || one.Statement != "We exchange all lids." || one.Status != Ongoing || last.Kind != EntryConflict || last.By != 9 || !strings.HasSuffix(last.Text, "Lids are safe.") {
		t.Errorf("it stands at %q, %s; the last entry is %+v, %v", one.Statement, one.Status, last, err)
	}
}

func TestIncidentsOfAnotherWorkspaceAreNotThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, err := h.incidents.Open(t.Context(), owner, IncidentDraft{Title: "Broken lids"})
	if err != nil {
		t.Fatal(err)
	}
	other := access.LocalOwner(here + 1)
	_, get := h.incidents.Get(t.Context(), other, one.ID)
	_, change := h.incidents.Change(t.Context(), other, one.ID, 1, IncidentEdit{Title: ptr("x")})
	_, note := h.incidents.Note(t.Context(), other, one.ID, "x")
	_, look := h.incidents.Forecast(t.Context(), other, one.ID)
	for name, err := range map[string]error{"get": get, "change": change, "note": note, "forecast": look} {
		if hearth.ErrorCode(err) != hearth.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p, err := h.incidents.Publishing(t.Context(), other); err != nil || p.Paused {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestTheForecastLearnsFromEarlierAlertsAndSaysWhereItCannot(t *testing.T) {
	t.Parallel()
	h := open(t)
	from := h.raised()
	one, err := h.incidents.Open(t.Context(), owner, IncidentDraft{Alert: from.ID})
	if err != nil {
		t.Fatal(err)
	}
	f, err := h.incidents.Forecast(t.Context(), owner, one.ID)
	if err != nil || f.Method != forecast.None || !math.IsNaN(f.Reaches) || f.Posts != 40 {
		t.Errorf("without a history it is %+v, %v", f, err)
	}
	err = h.state.Write(t.Context(), func(tx *db.Tx) error {
		for k := range 20 {
			_, err := tx.Exec(`INSERT INTO alert_growth (workspace_id, alert_id, minutes, posts, recent, final) VALUES (?, ?, 15, ?, ?, ?)`,
				int64(here), 1000+k, 40+k, 20, (40+k)*(2+k%5))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.incidents.Change(t.Context(), owner, one.ID, one.Version, IncidentEdit{Threshold: ptr(int64(100))}); err != nil {
		t.Fatal(err)
	}
	f, err = h.incidents.Forecast(t.Context(), owner, one.ID)
	if err != nil || f.Method != forecast.Shift || f.Histories != 20 || f.Low < 60 || f.Low > 100 || f.High < 200 || f.High > 300 || f.Reaches < 0.5 || f.Reaches > 0.99 {
		t.Errorf("with twenty it is %+v, %v", f, err)
	}
}
