package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
)

const auditPath = "/settings/audit"

// auditPage is what was done in the workspace, the newest first.
type auditPage struct {
	Actor, Verb, From, To string
	User                  string // the number of a user
	Object                string // kind/id
	Any                   bool   // something is asked for
	Clear                 string
	Nouns                 []choice
	People                []choice
	Objects               []choice
	Lines                 []auditLine
	Older                 string
	First                 string // address of the newest, from an older page
	CSV, NDJSON           string
	Proof                 string // where to prove who one is before an export; "": one has
}

// auditLine is one line.
type auditLine struct {
	ID       int64
	When     moment
	Actor    string
	ActorNow string // how they are called now; "": the same
	ActorAt  string // address of all that they did
	Kind     string // of the actor
	Verb     string // in words
	Raw      string
	Object   string // its name then, else its number
	Called   string // its name now; "": the same
	Gone     bool   // it was removed
	ObjectAt string // address of all that was done to it
	Number   string // by which the log knows it
	Address  string
	Changes  []auditChange
}

// auditChange is one property as it was and is.
type auditChange struct{ Name, Was, Now string }

// auditSearch reads the address. What cannot be read is as if it were not there.
func (v *visit) auditSearch() (access.AuditSearch, *auditPage) {
	p := &auditPage{Actor: strings.TrimSpace(v.query("actor")), Verb: strings.TrimSpace(v.query("verb")), Object: v.query("object"), Clear: auditPath}
	if user, ok := strings.CutPrefix(v.query("who"), "user "); ok {
		p.User = user
	} else if name, ok := strings.CutPrefix(v.query("who"), "name "); ok {
		p.Actor = name
	}
	s := access.AuditSearch{Actor: p.Actor, Verb: p.Verb, Before: v.queryNumber("before")}
	if id, err := strconv.ParseInt(p.User, 10, 64); err == nil && id > 0 {
		s.User = hearth.UserID(id)
	} else {
		p.User = ""
	}
	if kind, id, ok := strings.Cut(p.Object, "/"); ok {
		s.Object = access.Object{Kind: kind, ID: id}
	}
	if day, err := time.ParseInLocation(time.DateOnly, v.query("from"), v.zone); err == nil {
		s.From, p.From = day, v.query("from")
	}
	if day, err := time.ParseInLocation(time.DateOnly, v.query("to"), v.zone); err == nil {
		s.To, p.To = day.AddDate(0, 0, 1), v.query("to")
	}
	p.Any = p.Actor != "" || p.User != "" || p.Verb != "" || p.From != "" || p.To != "" || p.Object != ""
	return s, p
}

// at is the address of the page with other parameters in place of its own.
func (p *auditPage) at(path string, change ...string) string {
	q := url.Values{}
	who := ""
	if p.User != "" {
		who = "user " + p.User
	}
	for name, value := range map[string]string{"who": who, "actor": p.Actor, "verb": p.Verb, "from": p.From, "to": p.To, "object": p.Object} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
		if change[i] == "who" {
			q.Del("actor")
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// auditLog is the page of the audit log.
func (web *Web) auditLog(v *visit) error {
	s, p := v.auditSearch()
	page, err := web.o.Access.AuditLog(v.ctx(), v.by, s)
	if err != nil {
		return err
	}
	for i := range page.Lines {
		p.Lines = append(p.Lines, v.auditLine(p, &page.Lines[i]))
	}
	if page.Next > 0 {
		p.Older = p.at(auditPath, "before", strconv.FormatInt(page.Next, 10))
	}
	if s.Before > 0 {
		p.First = p.at(auditPath)
	}
	p.Nouns = append(p.Nouns, choice{"", v.say("audit.all"), p.Verb == ""})
	known := p.Verb == ""
	for _, noun := range auditNouns {
		value := noun + "."
		known = known || p.Verb == value
		p.Nouns = append(p.Nouns, choice{value, v.name("audit-noun", noun), p.Verb == value})
	}
	if !known {
		p.Nouns = append(p.Nouns, choice{p.Verb, v.verb(p.Verb), true})
	}
	if err := v.auditChoices(p); err != nil {
		return err
	}
	p.CSV, p.NDJSON = p.at(auditPath+"/export.csv"), p.at(auditPath+"/export.ndjson")
	if v.by.CheckFresh(v.now) != nil {
		p.Proof = "/prove?back=" + url.QueryEscape(p.at(auditPath))
	}
	return v.show("audit", v.name("settings-title", "audit"), p)
}

// auditChoices fills in whom and what one may ask for. What is asked for stands
// among them, even where the last lines know nothing of it.
func (v *visit) auditChoices(p *auditPage) error {
	kind := ""
	if noun, all := strings.CutSuffix(p.Verb, "."); all && noun != "posts" {
		kind = noun
	}
	c, err := v.web.o.Access.AuditChoices(v.ctx(), v.by, kind)
	if err != nil {
		return err
	}
	who := ""
	switch {
	case p.User != "":
		who = "user " + p.User
	case p.Actor != "":
		who = "name " + p.Actor
	}
	p.People = append(p.People, choice{"", v.say("audit.anybody"), who == ""})
	known := who == ""
	for _, one := range c.People {
		value := "name " + one.Name
		if one.User != 0 {
			value = "user " + one.User.String()
		}
		known = known || value == who
		label := shorten(60, one.Name)
		if one.User == 0 {
			label += " (" + v.name("actor-kind", string(one.Kind)) + ")"
		}
		p.People = append(p.People, choice{value, label, value == who})
	}
	if !known {
		p.People = append(p.People, choice{who, shorten(60, strings.TrimPrefix(strings.TrimPrefix(who, "name "), "user ")), true})
	}
	p.Objects = append(p.Objects, choice{"", v.say("audit.anything"), p.Object == ""})
	known = p.Object == ""
	for _, one := range c.Objects {
		value := one.Kind + "/" + one.ID
		known = known || value == p.Object
		label := v.name("audit-noun", one.Kind) + ": " + shorten(60, one.Name)
		if one.Gone {
			label += " (" + v.say("audit.removed") + ")"
		}
		p.Objects = append(p.Objects, choice{value, label, value == p.Object})
	}
	if !known {
		p.Objects = append(p.Objects, choice{p.Object, v.auditObject(p.Object), true})
	}
	return nil
}

// auditObject names what is called kind/id by its number.
func (v *visit) auditObject(object string) string {
	kind, id, _ := strings.Cut(object, "/")
	return v.name("audit-noun", kind) + " " + shorten(60, id)
}

// auditNouns are the kinds of what verbs are done to, as they are chosen from.
var auditNouns = []string{
	"monitor", "source", "posts", "import", "alert", "incident", "publishing", "channel", "dispatch", "outbox", "comparison", "trusted",
	"user", "session", "identity", "passkey", "provider", "invitation", "team", "key", "brand", "workspace", "approval", "four-eyes", "audit", "job", "schedule", "backup",
}

// verb words a verb of the log: "Monitor: changed".
func (v *visit) verb(raw string) string {
	noun, act, ok := strings.Cut(raw, ".")
	if !ok {
		return shorten(60, raw)
	}
	if act == "" {
		return v.name("audit-noun", noun)
	}
	return v.say("audit.verb", "noun", v.name("audit-noun", noun), "act", v.name("audit-act", act))
}

func (v *visit) auditLine(p *auditPage, l *access.Line) auditLine {
	line := auditLine{
		ID: l.ID, When: v.when(l.At), Actor: shorten(60, l.Actor), ActorAt: p.at(auditPath, "actor", l.Actor), Kind: v.name("actor-kind", string(l.Kind)),
		Verb: v.verb(l.Verb), Raw: shorten(60, l.Verb), Address: shorten(45, l.Address), Changes: v.changes(l.Was, l.Now),
	}
	if l.User != 0 {
		line.ActorAt = p.at(auditPath, "who", "user "+l.User.String())
		if l.Named.Actor != "" && l.Named.Actor != l.Actor {
			line.ActorNow = shorten(60, l.Named.Actor)
		}
	}
	if l.Object.ID != "" {
		line.Number = shorten(60, l.Object.ID)
		line.Object, line.Gone = shorten(80, l.Named.Object), l.Named.Gone
		if line.Object == "" {
			line.Object = v.auditObject(l.Object.Kind + "/" + l.Object.ID)
		} else if l.Named.Now != l.Named.Object {
			line.Called = shorten(80, l.Named.Now)
		}
		line.ObjectAt = p.at(auditPath, "object", l.Object.Kind+"/"+l.Object.ID)
	}
	return line
}

const shownChanges, shownValue = 12, 160

// changes are the properties that differ between what was and what is. Of
// something new or gone, all are.
func (v *visit) changes(was, now string) (list []auditChange) {
	before, after := v.properties(was, shownValue), v.properties(now, shownValue)
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if before[name] == after[name] {
			continue
		}
		if list = append(list, auditChange{shorten(40, name), before[name], after[name]}); len(list) == shownChanges {
			break
		}
	}
	return list
}

// properties reads a state of the log, at most so many characters of each; what is no object has one property.
func (v *visit) properties(state string, most int) map[string]string {
	if state == "" {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(state), &fields) != nil {
		return map[string]string{"": shorten(most, state)}
	}
	read := make(map[string]string, len(fields))
	for name, raw := range fields {
		read[name] = v.inWords(raw, most)
	}
	return read
}

// inWords writes a value of the log for people: texts without quotes, lists with
// commas, times in their zone.
func (v *visit) inWords(raw json.RawMessage, most int) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return v.when(at).Exact
		}
		return shorten(most, text)
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		var parts []string
		for _, one := range list[:min(len(list), shownChanges)] {
			parts = append(parts, v.inWords(one, most))
		}
		if len(list) > shownChanges {
			parts = append(parts, "…")
		}
		return shorten(most, strings.Join(parts, ", "))
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return shorten(most, string(raw))
	}
	return shorten(most, compact.String())
}

// chainPage says whether the log is as it was written.
type chainPage struct {
	Whole   bool
	Message string
	Head    string // the last link, to be noted elsewhere
}

// auditChain reads the whole log and checks its chain.
func (web *Web) auditChain(v *visit) error {
	c, err := web.o.Access.VerifyAudit(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &chainPage{Whole: c.Wrong == 0, Message: v.say("audit.whole", "n", c.Lines), Head: hex.EncodeToString(c.Head)}
	if !p.Whole {
		p.Message = v.say("audit.broken", "line", c.Wrong, "what", c.What)
	}
	if v.part() {
		return v.block(http.StatusOK, "audit-chain", "chain", p)
	}
	return v.show("audit-chain", v.name("settings-title", "audit"), p)
}

// exportAudit sends the lines that are asked for as a file.
func (web *Web) exportAudit(v *visit) error {
	if err := v.by.CheckFresh(v.now); err != nil {
		return err
	}
	s, _ := v.auditSearch()
	s.Before = 0
	format := "csv"
	if strings.HasSuffix(v.r.URL.Path, ".ndjson") {
		format = "ndjson"
	}
	v.remember(again{Path: v.r.URL.RequestURI()})
	ctx, stop := web.o.Access.Watch(v.ctx(), v.by)
	defer stop()
	h := v.w.Header()
	h.Set("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}[format])
	h.Set("Content-Disposition", `attachment; filename="hearth-audit.`+format+`"`)
	out := &begun{w: v.w}
	err := web.o.Access.ExportAudit(ctx, v.by, s, format, out)
	if err != nil && out.any { // the file ends here; it cannot be taken back
		v.web.o.Log.Error("an export of the audit log broke off", "error", err)
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		h.Del("Content-Disposition")
	}
	return err
}

// begun notes whether anything was sent.
type begun struct {
	w   http.ResponseWriter
	any bool
}

func (b *begun) Write(p []byte) (int, error) {
	b.any = true
	return b.w.Write(p)
}
