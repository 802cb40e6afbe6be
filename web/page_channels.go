package web

import (
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/outbox"
)

const channelsPath = "/settings/channels"

// channelsPage is where Hearth sends to by itself, and what was sent.
type channelsPage struct {
	Rows   []channelRow
	Log    []dispatchRow
	Older  string
	Paused bool   // nothing leaves
	Lost   string // how many nobody knows of; "": none
	Write  bool
	Form   *channelForm // of a new one
	None   *emptyState
}

type channelRow struct {
	Link, Name, Kind, Address string
	About                     string
	Paused                    bool
	Trouble                   string
	Waiting, Dead, Dropped    int64
}

type dispatchRow struct {
	Link, Title, Channel string
	Event                string
	State, StateWords    string
	Error                string
	When                 moment
}

// channelForm is a channel to be, or to be changed.
type channelForm struct {
	ID, Version int64
	Kind        string
	Kinds       []choice
	Name        string
	Address     string
	Kept        bool // the address is a secret that is kept
	Formats     []choice
	Events      []choice
	Classes     []choice
	Languages   []choice
	Monitors    []choice
	Query       string
	Wrong       map[string]string
	Why         string
	Write       bool
}

const dispatchesShown = 30

// channels is the list.
func (web *Web) channels(v *visit) error {
	var form *channelForm
	if v.query("new") != "" && v.by.Check(access.WriteChannels) == nil {
		form = &channelForm{Kind: v.query("new")}
	}
	return v.channelsPage(200, form, &outbox.Settings{})
}

func (v *visit) channelsPage(status int, form *channelForm, s *outbox.Settings) error {
	list, err := v.web.o.Outbox.Channels(v.ctx(), v.by)
	if err != nil {
		return err
	}
	page, err := v.web.o.Outbox.Dispatches(v.ctx(), v.by, outbox.Search{Before: outbox.DispatchID(v.queryNumber("before")), Limit: dispatchesShown})
	if err != nil {
		return err
	}
	p := &channelsPage{Paused: page.Paused, Write: v.by.Check(access.WriteChannels) == nil, Form: form}
	all, err := v.web.o.Outbox.Overview(v.ctx(), v.by)
	if err != nil {
		return err
	}
	if all.Unknown > 0 {
		p.Lost = v.say("health.out.unknown", "n", all.Unknown)
	}
	for i := range list {
		p.Rows = append(p.Rows, v.channelRow(&list[i]))
	}
	p.Log = v.dispatchRows(page.Dispatches, list)
	if page.Next != 0 {
		p.Older = channelsPath + "?before=" + strconv.FormatInt(int64(page.Next), 10) + "#log"
	}
	if form != nil {
		if err := v.fillChannelForm(form, s); err != nil {
			return err
		}
	}
	if len(list) == 0 && form == nil {
		p.None = &emptyState{Title: v.say("channels.none.title"), Sentence: v.say("channels.none.sentence"), Example: "hearth webhook add --name Tickets https://hooks.acme.example/in"}
	}
	return v.block(status, "channels", "shell", v.shell(v.name("settings-title", "channels"), false, p))
}

var channelKinds = [...]outbox.Kind{outbox.Webhook, outbox.Chat, outbox.Mail}

func (v *visit) channelRow(c *outbox.Channel) channelRow {
	row := channelRow{
		Link: channelPath(c.ID), Name: shorten(60, c.Name), Kind: v.name("channel-kind", string(c.Kind)), Address: shorten(80, c.Address), Paused: c.Paused,
		Trouble: v.gist(c.Trouble), Waiting: c.Waiting, Dead: c.Dead, Dropped: c.Dropped, About: v.say("channels.everything"),
	}
	if len(c.Events) > 0 {
		var names []string
		for _, e := range c.Events {
			names = append(names, v.name("event", e))
		}
		row.About = strings.Join(names, ", ")
	}
	if c.Class != "" {
		row.About += " · " + v.say("channels.atleast", "class", v.name("class", c.Class))
	}
	return row
}

func channelPath(id outbox.ChannelID) string {
	return channelsPath + "/" + strconv.FormatInt(int64(id), 10)
}

func (v *visit) dispatchRows(list []outbox.Dispatch, channels []outbox.Channel) (rows []dispatchRow) {
	for i := range list {
		d := &list[i]
		row := dispatchRow{
			Link: "/settings/dispatches/" + strconv.FormatInt(int64(d.ID), 10), Title: shorten(120, d.Title), Event: v.name("event", d.Event), State: string(d.State),
			StateWords: v.name("dispatch", string(d.State)), Error: v.gist(d.Error), When: v.when(d.Created),
		}
		for k := range channels {
			if channels[k].ID == d.Channel {
				row.Channel = shorten(60, channels[k].Name)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (v *visit) fillChannelForm(f *channelForm, s *outbox.Settings) error {
	f.Write = v.by.Check(access.WriteChannels) == nil
	if f.Wrong == nil {
		f.Wrong = map[string]string{}
	}
	if !slices.Contains(channelKinds[:], outbox.Kind(f.Kind)) && f.ID == 0 {
		f.Kind = string(outbox.Webhook)
	}
	for _, k := range channelKinds {
		f.Kinds = append(f.Kinds, choice{string(k), v.name("channel-kind", string(k)), string(k) == f.Kind})
	}
	for _, name := range []string{"", "slack", "mattermost", "discord", "teams"} {
		f.Formats = append(f.Formats, choice{name, v.name("chat-format", "is-"+name), name == s.Format})
	}
	for _, e := range alert.EventTypes() {
		f.Events = append(f.Events, choice{e, v.name("event", e), slices.Contains(s.Events, e)})
	}
	for _, c := range append([]alert.Class{""}, classes[:]...) {
		label := v.say("channels.anyclass")
		if c != "" {
			label = v.name("class", string(c))
		}
		f.Classes = append(f.Classes, choice{string(c), label, string(c) == s.Class})
	}
	f.Languages = []choice{{"", v.say("channels.language.any"), s.Language == ""}}
	for _, lang := range v.shellLanguages() {
		f.Languages = append(f.Languages, choice{lang.Value, lang.Label, lang.Value == s.Language})
	}
	monitors, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range monitors {
		f.Monitors = append(f.Monitors, choice{monitors[i].ID.String(), shorten(60, monitors[i].Name), slices.Contains(s.Monitors, monitors[i].ID)})
	}
	f.Query = s.Query
	return nil
}

// settingsOf is what a form says that a channel is about.
func settingsOf(v *visit) (outbox.Settings, error) {
	form, err := v.form()
	if err != nil {
		return outbox.Settings{}, err
	}
	s := outbox.Settings{
		Address: strings.TrimSpace(form.Get("address")), Format: form.Get("format"), Events: append([]string{}, form["event"]...), Class: form.Get("class"), Language: form.Get("language"),
		Query: strings.TrimSpace(form.Get("query")), Monitors: []hearth.MonitorID{},
	}
	for _, text := range form["monitor"] {
		if id, err := monitorID(text); err == nil {
			s.Monitors = append(s.Monitors, id)
		}
	}
	return s, nil
}

// addChannel makes one. The secret of a webhook is shown once, on no address of
// its own.
func (web *Web) addChannel(v *visit) error {
	s, err := settingsOf(v)
	if err != nil {
		return err
	}
	d := outbox.ChannelDraft{Kind: outbox.Kind(v.r.PostForm.Get("kind")), Name: strings.TrimSpace(v.r.PostForm.Get("name")), Settings: s}
	c, secret, err := web.o.Outbox.AddChannel(v.ctx(), v.by, d)
	if hearth.ErrorCode(err) == hearth.Invalid {
		f := &channelForm{Kind: string(d.Kind), Name: d.Name, Address: s.Address, Wrong: map[string]string{}}
		f.refuse(err)
		return v.channelsPage(statuses[hearth.Invalid], f, &s)
	}
	if err != nil {
		return err
	}
	return v.channelPage(200, c.ID, &channelShown{Secret: secret, Done: v.name("channel-did", "added")}, nil)
}

func (f *channelForm) refuse(err error) {
	field, why := faultOf(err)
	if slices.Contains([]string{"name", "address", "query", "format", "events", "monitors", "class", "language"}, field) {
		f.Wrong[field] = why
		return
	}
	f.Why = why
}

// holdOutbox stops everything that leaves by itself, or lets it out again.
func (web *Web) holdOutbox(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if form.Get("do") == "pause" {
		err = web.o.Outbox.Pause(v.ctx(), v.by)
	} else {
		err = web.o.Outbox.Resume(v.ctx(), v.by)
	}
	if err != nil {
		return err
	}
	return v.back(channelsPath)
}
