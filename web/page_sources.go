package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/ingest"
	"hearth/network"
)

// sourcesPage lists where posts come from and how each place is doing.
type sourcesPage struct {
	Rows  []sourceLine
	Write bool
	Done  string
	None  *emptyState
	Quick bool // Bluesky can be begun with one button
}

// sourceLine is a source in the list.
type sourceLine struct {
	ID            int64
	Name, Network string
	Link          string
	State, Mood   string
	Trouble       string
	Retry         moment
	Next          string // how long until the network is asked again; "": nobody knows
	Age           string
	Rate          string
	Heard, Kept   int64
	Rejected      int64
	Gaps          int64
	Paused        bool
}

// sources is the list.
func (web *Web) sources(v *visit) error {
	list, err := web.o.Sources.Status(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &sourcesPage{Write: v.by.Check(access.WriteSources) == nil}
	for i := range list {
		p.Rows = append(p.Rows, v.sourceLine(&list[i]))
	}
	if did := v.query("did"); slices.Contains([]string{"paused", "resumed", "removed"}, did) {
		p.Done = v.name("source-did", did)
	}
	if len(list) == 0 {
		p.None = &emptyState{Title: v.say("sources.none.title"), Sentence: v.say("sources.none.sentence"), Example: "hearth source add bluesky"}
		p.Quick = p.Write && web.network("bluesky") != nil
	}
	if v.part() {
		return v.block(200, "sources", "main", p)
	}
	return v.show("sources", v.say("nav.sources"), p)
}

func (v *visit) sourceLine(st *ingest.Status) sourceLine {
	c := &st.Progress.Counters
	line := sourceLine{
		ID: int64(st.ID), Name: shorten(60, st.Name), Network: st.Network, Link: sourcePath(st.ID), State: v.name("source", string(st.State)),
		Mood: mood(string(st.State)), Trouble: v.gist(st.Trouble), Age: "–", Rate: v.rate(st.Rate.Read), Heard: c.Events, Kept: c.Stored,
		Rejected: c.Rejects + c.Poisoned, Gaps: c.Gaps, Paused: st.Paused,
	}
	if st.HasAge {
		line.Age = v.span(st.Age)
	}
	if st.NextLook.After(v.now) {
		line.Next = v.say("sources.next", "span", v.span(st.NextLook.Sub(v.now)))
	}
	if st.RetryAt.After(v.now) {
		line.Retry = v.when(st.RetryAt)
	}
	return line
}

func sourcePath(id hearth.SourceID) string { return "/sources/" + id.String() }

// network is a network by its name; nil: it is not there.
func (web *Web) network(name string) *network.Network {
	for _, n := range web.o.Sources.Networks() {
		if n.Name == name {
			return &n
		}
	}
	return nil
}

// newSourcePage chooses a network, then asks for its settings.
type newSourcePage struct {
	Networks []networkOffer
	Form     *sourceForm
	Write    bool
}

type networkOffer struct {
	Name, Title, Link string
	Free              bool // nothing has to be filled in
	Here              bool
}

// sourceForm is rendered from what a network declares.
type sourceForm struct {
	ID, Version   int64
	Network       string // its name
	Title         string
	Name, NameWhy string
	Why           string // what is wrong with no single field
	Everything    bool
	Fields        []sourceField
	Write         bool
}

type sourceField struct {
	Name, Title, Help string
	Value, Default    string
	Required, Secret  bool
	Kept              bool // a secret is kept; empty leaves it
	Choices           []choice
	Why               string
}

// newSource is the page on which a source begins.
func (web *Web) newSource(v *visit) error {
	return v.newSourcePage(200, v.query("network"), nil)
}

func (v *visit) newSourcePage(status int, name string, form *sourceForm) error {
	p := &newSourcePage{Write: v.by.Check(access.WriteSources) == nil, Form: form}
	networks := slices.Clone(v.web.o.Sources.Networks())
	slices.SortFunc(networks, func(a, b network.Network) int { return strings.Compare(a.Title, b.Title) })
	for _, n := range networks {
		free := !slices.ContainsFunc(n.Fields, func(f network.Field) bool { return f.Required && f.Make == nil })
		p.Networks = append(p.Networks, networkOffer{n.Name, v.ours(n.Title), addParameter("/sources/new", "network", n.Name), free, n.Name == name})
	}
	if n := v.web.network(name); n != nil && form == nil {
		p.Form = v.sourceForm(n, ingest.Draft{}, nil)
	}
	if name != "" && p.Form == nil {
		return hearth.Errorf(hearth.NotFound, "There is no network of this name here.")
	}
	return v.block(status, "source-new", "shell", v.shell(v.say("sources.new"), false, p))
}

// sourceForm is the form of a network, filled in with a draft. What is wrong
// stands at its field.
func (v *visit) sourceForm(n *network.Network, d ingest.Draft, wrong error) *sourceForm {
	f := &sourceForm{Network: n.Name, Title: v.ours(n.Title), Name: d.Name, Everything: d.KeepEverything, Write: v.by.Check(access.WriteSources) == nil}
	field, why := faultOf(wrong)
	for i := range n.Fields {
		declared := &n.Fields[i]
		s := sourceField{
			Name: declared.Name, Title: declared.Title, Help: declared.Help, Default: declared.Default, Value: d.Settings[declared.Name],
			Required: declared.Required && declared.Make == nil, Secret: declared.Secret,
		}
		if s.Value == "" {
			s.Value = declared.Default
		}
		if s.Secret {
			s.Kept, s.Value = d.Settings[declared.Name] != "", ""
		}
		for _, c := range declared.Choices {
			s.Choices = append(s.Choices, choice{c, c, c == s.Value})
		}
		if declared.Name == field {
			s.Why, why = why, ""
		}
		f.Fields = append(f.Fields, s)
	}
	if field == "name" {
		f.NameWhy, why = why, ""
	}
	f.Why = why
	return f
}

// saveSource adds a source or changes one.
func (web *Web) saveSource(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	n := web.network(form.Get("network"))
	if n == nil {
		return hearth.Errorf(hearth.NotFound, "There is no network of this name here.")
	}
	draft := ingest.Draft{Network: n.Name, Name: form.Get("name"), KeepEverything: form.Get("everything") != "", Settings: map[string]string{}}
	for i := range n.Fields {
		name := n.Fields[i].Name
		switch value := form.Get("s-" + name); {
		case value != "":
			draft.Settings[name] = value
		case form.Get("kept-"+name) != "":
			draft.Settings[name] = ingest.Kept
		}
	}
	if form.Get("id") == "" {
		src, err := web.o.Sources.Add(v.ctx(), v.by, draft)
		if code := hearth.ErrorCode(err); code == hearth.Invalid || code == hearth.Conflict {
			return v.newSourcePage(statuses[code], n.Name, v.sourceForm(n, draft, err))
		}
		if err != nil {
			return err
		}
		if len(src.Made) > 0 { // shown once, on no address of its own
			return v.sourcePage(200, src.ID, nil, src.Made)
		}
		return v.back(addParameter(sourcePath(src.ID), "did", "added"))
	}
	id, err := sourceID(form.Get("id"))
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This form is too old; open the source again.")
	}
	_, err = web.o.Sources.Change(v.ctx(), v.by, id, version, draft)
	if code := hearth.ErrorCode(err); code == hearth.Invalid || code == hearth.Conflict {
		wrong := v.sourceForm(n, draft, err)
		wrong.ID = int64(id)
		return v.sourcePage(statuses[code], id, wrong, nil)
	}
	if err != nil {
		return err
	}
	return v.back(addParameter(sourcePath(id), "did", "saved"))
}

// sourceID reads the number of a source.
func sourceID(text string) (hearth.SourceID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, hearth.Errorf(hearth.NotFound, "There is no such source.")
	}
	return hearth.SourceID(id), nil
}

// sourcePage is one source.
type sourcePage struct {
	Line     sourceLine
	Title    string
	Write    bool
	Done     string
	Made     []madeSecret // shown once
	Address  string       // where deliveries are taken; for who may change sources
	Example  string
	Since    moment
	Stats    []stat
	Counters []counter
	Gaps     []gapRow
	Letters  *letterPart // nil: not for this visitor
	Hosts    []hostRow
	Undo     int64 // the letter that was just dismissed
	Form     *sourceForm
}

type madeSecret struct{ Title, Value string }

type counter struct {
	Label string
	N     int64
}

type gapRow struct {
	From, To, Reason string
	When             moment
}

// source is the page of one source.
func (web *Web) source(v *visit) error {
	id, err := sourceID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.sourcePage(200, id, nil, nil)
}

func (v *visit) sourcePage(status int, id hearth.SourceID, form *sourceForm, made map[string]string) error {
	st, err := v.web.o.Sources.StatusOf(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	p := &sourcePage{Line: v.sourceLine(&st), Title: shorten(60, st.Name), Write: v.by.Check(access.WriteSources) == nil, Since: v.when(st.Since)}
	if did := v.query("did"); slices.Contains([]string{"added", "saved", "replayed", "dismissed", "restored", "begun"}, did) {
		p.Done = v.name("source-did", did)
		if did == "dismissed" && p.Write {
			p.Undo = v.queryNumber("letter")
		}
	}
	c := &st.Progress.Counters
	p.Stats = []stat{
		{Name: v.say("sources.rate"), Value: p.Line.Rate, Explain: []string{v.say("sources.rate.how")}},
		{Name: v.say("sources.age"), Value: p.Line.Age, Explain: []string{v.say("sources.age.how")}},
		{Name: v.say("sources.heard"), Value: v.number(c.Events), Explain: []string{v.say("sources.heard.how")}},
		{Name: v.say("sources.kept"), Value: v.number(c.Stored), Explain: []string{v.say("sources.kept.how")}},
	}
	for _, one := range []counter{
		{"unwanted", c.Unwanted}, {"undecided", c.Undecided}, {"duplicates", c.Duplicates}, {"unknown-posts", c.UnknownPosts},
		{"unknown-authors", c.UnknownAuthors}, {"deleted", c.Deleted}, {"renamed", c.Renamed}, {"poisoned", c.Poisoned}, {"swallowed", c.Swallowed}, {"rejects", c.Rejects},
		{"nameless", c.Nameless},
	} {
		if one.N > 0 {
			p.Counters = append(p.Counters, counter{v.name("counter", one.Label), one.N})
		}
	}
	for _, g := range st.Gaps {
		p.Gaps = append(p.Gaps, gapRow{shorten(60, g.From), shorten(60, g.To), shorten(240, v.ours(g.Reason)), v.when(g.Noticed)})
	}
	if st.Deliveries != nil {
		p.Address, p.Example = hearth.Visible(st.Deliveries.Address), st.Deliveries.Example
	}
	if v.by.Check(access.ReadOperations) == nil {
		if p.Letters, err = v.sourceLetters(id); err != nil {
			return err
		}
		if p.Hosts, err = v.sourceHosts(id); err != nil {
			return err
		}
	}
	if n := v.web.network(st.Network); n != nil {
		for _, f := range n.Fields {
			if made[f.Name] != "" {
				p.Made = append(p.Made, madeSecret{v.ours(f.Title), made[f.Name]})
			}
		}
		if p.Form = form; form == nil {
			p.Form = v.sourceForm(n, ingest.Draft{Name: st.Name, Settings: st.Settings, KeepEverything: st.KeepEverything}, nil)
		}
		p.Form.ID, p.Form.Version = int64(id), st.Version
	}
	return v.block(status, "source", "shell", v.shell(p.Title, false, p))
}

// actOnSource pauses, resumes or removes a source.
func (web *Web) actOnSource(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := sourceID(form.Get("id"))
	if err != nil {
		return err
	}
	did := ""
	switch form.Get("do") {
	case "pause":
		_, err = web.o.Sources.Pause(v.ctx(), v.by, id)
		did = "paused"
	case "resume":
		_, err = web.o.Sources.Resume(v.ctx(), v.by, id)
		did = "resumed"
	case "remove":
		err = web.o.Sources.Remove(v.ctx(), v.by, id)
		did = "removed"
	default:
		err = hearth.Errorf(hearth.Invalid, "Sources can be paused, resumed and removed.")
	}
	if err != nil {
		return err
	}
	return v.back(addParameter("/sources", "did", did))
}

// faultOf is the field that an error is about, and its sentence.
func faultOf(err error) (field, why string) {
	if err == nil {
		return "", ""
	}
	var known *hearth.Error
	if errors.As(err, &known) {
		field = known.Field
	}
	return field, err.Error()
}
