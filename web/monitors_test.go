package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hearth/access"
	"hearth/monitor"
)

// send sends a form as a browser does.
func (h *house) send(path string, fields ...string) (*http.Response, string) {
	h.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	return h.ask(r, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}

// follow sends a form and gives the page it leads to.
func (h *house) follow(path string, fields ...string) string {
	h.t.Helper()
	answer, body := h.send(path, fields...)
	if answer.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("%s answers %d: %s", path, answer.StatusCode, body)
	}
	to, _, _ := strings.Cut(answer.Header.Get("Location"), "#")
	page, _ := h.page(to)
	return page
}

func holds(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
}

func TestAMonitorIsWrittenChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/monitors")
	holds(t, page, "No monitor listens yet", "/monitors/new")

	page = h.follow("/monitors/save", "name", "Coffee", "q", "coffee OR espresso")
	holds(t, page, "Saved.", "coffee OR espresso", `name="version" value="1"`, "Created")

	page = h.follow("/monitors/save", "id", "1", "version", "1", "name", "Coffee and tea", "q", "coffee OR tea")
	holds(t, page, "Query changed", "Renamed from “Coffee” to “Coffee and tea”", "/monitors/1/diff?from=1&amp;to=2")
	page, _ = h.page("/monitors/1/diff?from=1&to=2")
	holds(t, page, "<del>", "espresso", "<ins>", "tea")

	page = h.follow("/monitors/act", "one", "remove 1")
	holds(t, page, "The monitor was removed.", `value="restore"`, "1 removed monitor")
	page = h.follow("/monitors/act", "do", "restore", "id", "1")
	holds(t, page, "The monitor is back.", "Coffee and tea")
	page = h.follow("/monitors/act", "one", "pause 1")
	holds(t, page, "The monitor sleeps.", `value="resume"`)
	if m, err := h.monitors.Get(t.Context(), owner, 1); err != nil || !m.Paused || m.Query != "coffee OR tea" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestWhatIsWrongWithAMonitorIsSaidAndNothingWrittenIsLost(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, c := range []struct{ name, query, says string }{
		{"Coffee", "coffee AND (late", "This bracket is never closed."},
		{"", "coffee", "field-why"},
	} {
		answer, body := h.send("/monitors/save", "name", c.name, "q", c.query)
		if answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q, %q: %d", c.name, c.query, answer.StatusCode)
		}
		holds(t, body, c.says, c.query, `value="`+c.name+`"`)
	}
	if list, err := h.monitors.List(t.Context(), owner); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// proves the page's half of I43.
func TestWhoWritesAtTheSameTimeSeesBothTexts(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Coffee", Query: "coffee"}); err != nil {
		t.Fatal(err)
	}
	theirs := "coffee OR theirs"
	if _, err := h.monitors.Change(t.Context(), owner, 1, 1, monitor.Edit{Query: &theirs}); err != nil {
		t.Fatal(err)
	}
	answer, body := h.send("/monitors/save", "id", "1", "version", "1", "name", "Coffee", "q", "coffee OR ours")
	if answer.StatusCode != http.StatusConflict {
		t.Fatalf("%d", answer.StatusCode)
	}
	holds(t, body, "coffee OR theirs", "coffee OR ours", "Somebody else changed this monitor", `name="version" value="2"`)
	h.follow("/monitors/save", "id", "1", "version", "2", "name", "Coffee", "q", "coffee OR ours")
}

func TestAQueryOfAnotherToolIsRewrittenWithNotes(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/monitors/new?" + url.Values{"dialect": {"brandwatch"}, "source": {`site:acme.example AND authorGender:F`}}.Encode())
	holds(t, page, "authorGender", "site:acme.example")
	if answer, _ := h.get("/monitors/new?dialect=nobody&source=x"); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an unknown dialect answers %d", answer.StatusCode)
	}
}

func TestWhoMayOnlyReadSeesNoButtonsAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "Coffee", Query: "coffee"}); err != nil {
		t.Fatal(err)
	}
	h.actor = func(*http.Request) (access.Actor, error) {
		return access.Limited(here, 2, access.ReadMonitors, access.ReadPosts), nil
	}
	page, _ := h.page("/monitors")
	edit, _ := h.page("/monitors/1")
	if strings.Contains(page, "/monitors/new") || strings.Contains(page, `value="remove 1"`) || !strings.Contains(edit, " readonly") {
		t.Error("a reader is offered what is not allowed")
	}
	if answer, _ := h.send("/monitors/act", "one", "remove 1"); answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a reader's removal answers %d", answer.StatusCode)
	}
	if list, err := h.monitors.List(t.Context(), owner); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
