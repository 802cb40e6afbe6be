package web_test

import (
	"testing"
	"time"

	"hearth/client"
	"hearth/web"
)

func TestHealthIsCalmWhenAllIsWell(t *testing.T) {
	t.Parallel()
	h := open(t)
	age := 3.0
	h.view = web.View{
		Status: client.Status{
			State: "running", Version: "1.2.3", Rows: 1234, Counted: 1234, Backup: now.Add(-5 * time.Hour), Storage: client.Storage{Free: 50_000_000_000},
			Sources: []client.Source{{ID: 1, Name: "Bluesky", State: "listening", DataAge: &age}},
			Window:  &client.Window{From: now.Add(-36 * time.Hour), To: now, Bytes: 1_200_000_000, Limit: 4_000_000_000},
		},
		Machine: web.Machine{Ready: true, Stores: []web.Store{{Name: "hearth.db", Size: 12_000_000}}, Memory: 210_000_000},
	}
	text, _ := h.page("/status")
	holds(t, text, "All is well", "version 1.2.3", "hearth.db", "12.0 MB", "50.0 GB are free", "Hearth holds 210.0 MB", "All 1,234 rows", "The last one was made 5 h ago", "takes 1.2 GB of 4.0 GB", "Everything was taken")
	text, _ = h.page("/status", "Accept-Language", "fi")
	holds(t, text, "Kaikki on kunnossa", "Vapaana on 50,0 GB")
}

func TestHealthSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*web.View)
		want  []string
	}{
		"no backup":   {func(v *web.View) { v.Status.Backup = time.Time{} }, []string{"None was made yet", `href="/settings/data"`}},
		"late backup": {func(v *web.View) { v.Status.Backup = now.Add(-72 * time.Hour) }, []string{"The last good one is 3 days old", `href="/settings/jobs"`}},
		"full disk":   {func(v *web.View) { v.Machine.Room = web.Full }, []string{"nothing more is kept", "Make room."}},
		"short disk":  {func(v *web.View) { v.Machine.Room = web.Short }, []string{"the past is not searched"}},
		"not ready":   {func(v *web.View) { v.Machine.Ready = false }, []string{"It is not ready for work", "hearth doctor"}},
		"a source": {func(v *web.View) {
			v.Status.Sources = []client.Source{{ID: 1, State: "failed"}, {ID: 2, State: "listening"}}
		},
			[]string{"1 source cannot be read", `href="/sources"`}},
		"dead letters": {func(v *web.View) { v.Status.DeadLetters = 7 }, []string{"7 records could not be read"}},
		"the window":   {func(v *web.View) { v.Status.Window = &client.Window{Trouble: "There is no room."} }, []string{"A part of it cannot be read", "There is no room."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.view = web.View{Status: client.Status{State: "running", Backup: now.Add(-time.Hour), Storage: client.Storage{Free: 9e9}}, Machine: web.Machine{Ready: true}}
			text, _ := h.page("/status")
			holds(t, text, "All is well")
			c.spoil(&h.view)
			text, _ = h.page("/status")
			holds(t, text, append(c.want, "1 thing needs somebody")...)
		})
	}
}

func TestHealthCountsWhatIsBehind(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.view = web.View{Status: client.Status{State: "running", Rows: 9000, Counted: 2000, Backup: now, Storage: client.Storage{Free: -1},
		Sources: []client.Source{{ID: 1, State: "listening", Counters: client.SourceCounters{Gaps: 4}}}}, Machine: web.Machine{Ready: true}}
	text, _ := h.page("/status")
	holds(t, text, "7,000 rows are still to be counted", "4 stretches", "not known on this system", "Switched off", "All is well")
}
