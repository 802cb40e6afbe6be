package access_test

import (
	"bytes"
	"strings"
	"testing"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// proves that a line keeps its names when what it is about is renamed or gone
func TestTheLogSaysHowThingsWereCalled(t *testing.T) {
	t.Parallel()
	h := open(t)
	by := access.LocalOwner(hearth.DefaultWorkspace)
	type state struct {
		Name string `json:"name"`
	}
	write := func(verb string, was, now any) {
		t.Helper()
		err := h.state.Write(t.Context(), func(tx *db.Tx) error {
			return access.Record(tx, h.clock.Now(), by, verb, access.Of("monitor", 7), was, now)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write("monitor.create", nil, state{"Tea"})
	write("monitor.pause", nil, nil)
	write("monitor.change", state{"Tea"}, state{"Coffee"})
	write("monitor.pause", nil, nil)
	read := func() []access.Line {
		t.Helper()
		page, err := h.Access.AuditLog(t.Context(), by, access.AuditSearch{Object: access.Object{Kind: "monitor", ID: "7"}})
		if err != nil {
			t.Fatal(err)
		}
		return page.Lines
	}
	names := func() string {
		var list []string
		for _, l := range read() { // the newest first
			list = append(list, l.Named.Object)
		}
		return strings.Join(list, " ")
	}
	if got := names(); got != "Coffee Coffee Tea Tea" {
		t.Errorf("then: %s", got)
	}
	if l := read()[3]; l.Named.Now != "Coffee" || l.Named.Gone {
		t.Errorf("now: %+v", l.Named)
	}
	write("monitor.remove", state{"Coffee"}, nil)
	if l := read()[4]; l.Named.Object != "Tea" || l.Named.Now != "Coffee" || !l.Named.Gone {
		t.Errorf("once it is gone: %+v", l.Named)
	}
	c, err := h.Access.AuditChoices(t.Context(), by, "monitor")
	if err != nil || len(c.Objects) != 1 || c.Objects[0].Name != "Coffee" || !c.Objects[0].Gone || len(c.People) == 0 {
		t.Errorf("the choices: %+v, %v", c, err)
	}
	if c, err := h.Access.AuditChoices(t.Context(), access.LocalOwner(2), ""); err != nil || len(c.Objects)+len(c.People) != 0 {
		t.Errorf("a neighbour's choices: %+v, %v", c, err)
	}
	var out bytes.Buffer
	fresh := by
	if err := h.Access.ExportAudit(t.Context(), fresh, access.AuditSearch{Verb: "monitor.create"}, "csv", &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), ",Tea,Coffee,true,") {
		t.Errorf("the export: %s", out.String())
	}
}
