package monitor_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"hearth"
	"hearth/monitor"
	"hearth/query"
)

func (h *house) list(kind monitor.ListKind, name, text string) monitor.List {
	h.t.Helper()
	list, _, err := monitor.NewLists(h.monitors).Create(h.t.Context(), owner, monitor.ListDraft{Kind: kind, Name: name, Text: text})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// proves the lists of M15
func TestAMonitorListensByWhatItsListHoldsNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.run()
	lists := monitor.NewLists(h.monitors)
	fruit := h.list(monitor.WordList, "Fruit", "apple\ntarte tatin\n")
	ids := h.listen("list:fruit AND NOT raw", "pie")
	h.arrive(post("1", "an apple"), post("2", "a pear"), post("3", "Tarte Tatin!"))
	h.settle()
	if got := h.mentions(ids[0]); len(got) != 2 {
		t.Errorf("it caught %q", got)
	}
	list, taken, err := lists.Change(t.Context(), owner, fruit.ID, fruit.Version, monitor.ListEdit{Add: "pear\nApple\n*x"})
	if err != nil || taken.Taken != 1 || taken.Known != 1 || len(taken.Refused) != 1 || taken.Refused[0].Line != 3 {
		t.Fatalf("%+v, %v", taken, err)
	}
	h.arrive(post("4", "another pear"))
	h.settle()
	got := h.mentions(ids[0])
	if slices.Sort(got); !slices.Equal(got, []string{"1", "2", "3", "4"}) {
		t.Errorf("with another entry it has %q: the past too", got)
	}
	versions, err := h.monitors.Versions(t.Context(), owner, ids[0])
	if err != nil || len(versions) != 2 || versions[0].List != fruit.ID || versions[0].ListVersion != list.Version {
		t.Errorf("its versions are %+v, %v", versions, err)
	}
	if versions, _ := h.monitors.Versions(t.Context(), owner, ids[1]); len(versions) != 1 {
		t.Error("a monitor that does not use the list has a new version")
	}
	_, uses, err := lists.Get(t.Context(), owner, fruit.ID)
	if err != nil || len(uses) != 1 || uses[0].Monitor != ids[0] {
		t.Errorf("it is used by %+v, %v", uses, err)
	}
	h.monitors = h.newMonitors(0) // after a start
	if q, _ := h.monitors.Parse(here, "list:FRUIT"); q == nil || !q.Match(post("9", "pears and a pear").Post) {
		t.Error("after a start the list is not there as it was")
	}
	h.recounted()
}

// proves I43 for lists
func TestAListIsChangedOnWhatWasSeenAndKeptWhileUsed(t *testing.T) {
	t.Parallel()
	h := open(t)
	lists := monitor.NewLists(h.monitors)
	people := h.list(monitor.AuthorList, "our people", "@Ann\nBob Baker\nann\n")
	if !slices.Equal(people.Entries, []string{"ann", `"bob baker"`}) {
		t.Errorf("entries %q", people.Entries)
	}
	sites := h.list(monitor.SiteList, "press", "https://www.news.example\nblog.example/a\n")
	if !slices.Equal(sites.Entries, []string{"news.example"}) {
		t.Errorf("sites %q", sites.Entries)
	}
	h.listen(`pie AND NOT list:"our people"`)
	want := func(what string, err error, code hearth.Code) {
		t.Helper()
		if hearth.ErrorCode(err) != code {
			t.Errorf("%s: %v", what, err)
		}
	}
	name := "others"
	list, _, err := lists.Change(t.Context(), owner, people.ID, people.Version+1, monitor.ListEdit{Add: "eve"})
	if want("a version nobody saw", err, hearth.Conflict); !slices.Equal(list.Entries, people.Entries) {
		t.Errorf("the conflict shows %q", list.Entries)
	}
	_, _, err = lists.Change(t.Context(), owner, people.ID, people.Version, monitor.ListEdit{Name: &name})
	want("renaming what is used", err, hearth.Conflict)
	want("removing what is used", lists.Remove(t.Context(), owner, people.ID), hearth.Conflict)
	_, _, err = lists.Change(t.Context(), owner, people.ID, people.Version, monitor.ListEdit{Drop: []string{"ann", "Bob Baker"}})
	want("emptying", err, hearth.Invalid)
	_, _, err = lists.Create(t.Context(), owner, monitor.ListDraft{Kind: monitor.WordList, Name: "PRESS", Text: "x"})
	want("a name that is taken", err, hearth.Conflict)
	_, err = h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "x", Query: "list:nobody"})
	want("an unknown list", err, hearth.Invalid)
	if err := lists.Remove(t.Context(), owner, sites.ID); err != nil {
		t.Fatal(err)
	}
	if q, problems := h.monitors.Parse(here, "list:press"); q != nil || problems[0].Code != query.UnknownList {
		t.Error("a removed list is still there")
	}
	if _, err := lists.Restore(t.Context(), owner, sites.ID); err != nil {
		t.Fatal(err)
	}
	if q, _ := h.monitors.Parse(here, "list:press"); q == nil {
		t.Error("a restored list is not there")
	}
	if q, _ := h.monitors.Parse(here+1, "list:press"); q != nil {
		t.Error("a list of another workspace is there")
	}
}

// proves I43: of writers at the same moment, who saw the same version, one wins.
func TestOfManyChangesOnOneVersionOneWins(t *testing.T) {
	t.Parallel()
	h := open(t)
	lists := monitor.NewLists(h.monitors)
	list := h.list(monitor.WordList, "fruit", "apple")
	h.listen("list:fruit")
	var all sync.WaitGroup
	won := make(chan string, 20)
	for i := range 20 {
		all.Go(func() {
			entry := strings.Repeat("x", i+2)
			if _, _, err := lists.Change(t.Context(), owner, list.ID, list.Version, monitor.ListEdit{Add: entry}); err == nil {
				won <- entry
			} else if hearth.ErrorCode(err) != hearth.Conflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(won)
	now, _, err := lists.Get(t.Context(), owner, list.ID)
	if err != nil || len(won) != 1 || now.Entries[1] != <-won || now.Version != list.Version+1 {
		t.Errorf("%d won; it is %+v, %v", len(won), now, err)
	}
}
