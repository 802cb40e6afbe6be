package web

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/outbox"
)

// channelPage is one channel.
type channelPage struct {
	Row    channelRow
	Shown  channelShown
	Write  bool
	Signed bool // a webhook: it has a secret
	Form   *channelForm
	Test   string // the exact bytes that a test sends, laid out
	Log    []dispatchRow
	Older  string
}

// channelShown is what is shown of a channel this once.
type channelShown struct {
	Secret string
	Done   string
}

// channel is the page.
func (web *Web) channel(v *visit) error {
	id, err := channelID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	shown := &channelShown{}
	if did := v.query("did"); slices.Contains([]string{"saved", "tested", "paused", "resumed"}, did) {
		shown.Done = v.name("channel-did", did)
	}
	return v.channelPage(200, id, shown, nil)
}

func channelID(text string) (outbox.ChannelID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, hearth.Errorf(hearth.NotFound, "There is no such channel.")
	}
	return outbox.ChannelID(id), nil
}

func (v *visit) channelPage(status int, id outbox.ChannelID, shown *channelShown, wrong *channelForm) error {
	c, err := v.web.o.Outbox.Channel(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	p := &channelPage{Row: v.channelRow(&c), Shown: *shown, Write: v.by.Check(access.WriteChannels) == nil, Signed: c.Kind == outbox.Webhook, Form: wrong}
	if wrong == nil {
		p.Form = &channelForm{Name: c.Name, Address: c.Address}
	}
	p.Form.ID, p.Form.Version, p.Form.Kind = int64(c.ID), c.Version, string(c.Kind)
	if p.Form.Kept = c.Kind == outbox.Chat; p.Form.Kept && wrong == nil {
		p.Form.Address = ""
	}
	if err := v.fillChannelForm(p.Form, &c.Settings); err != nil {
		return err
	}
	test, err := v.web.o.Outbox.TestMessage(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	p.Test = laidOut(test.Body)
	page, err := v.web.o.Outbox.Dispatches(v.ctx(), v.by, outbox.Search{Channel: id, Before: outbox.DispatchID(v.queryNumber("before")), Limit: dispatchesShown})
	if err != nil {
		return err
	}
	p.Log = v.dispatchRows(page.Dispatches, nil)
	if page.Next != 0 {
		p.Older = channelPath(id) + "?before=" + strconv.FormatInt(int64(page.Next), 10) + "#log"
	}
	return v.block(status, "channel", "shell", v.shell(p.Row.Name, false, p))
}

// laidOut is a body as people read it: JSON with indents, everything visible.
func laidOut(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return visibleLines(string(body))
	}
	return visibleLines(b.String())
}

// saveChannel changes one.
func (web *Web) saveChannel(v *visit) error {
	id, err := channelID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	s, err := settingsOf(v)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(v.r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This form is too old; open the channel again.")
	}
	name := strings.TrimSpace(v.r.PostForm.Get("name"))
	e := outbox.ChannelEdit{Name: &name, Events: s.Events, Monitors: s.Monitors, Query: &s.Query, Class: &s.Class}
	if s.Address != "" {
		e.Address = &s.Address
	}
	if v.r.PostForm.Has("format") {
		e.Format = &s.Format
	}
	if v.r.PostForm.Has("language") {
		e.Language = &s.Language
	}
	_, err = web.o.Outbox.ChangeChannel(v.ctx(), v.by, id, version, e)
	if code := hearth.ErrorCode(err); code == hearth.Invalid || code == hearth.Conflict {
		f := &channelForm{Name: name, Address: s.Address, Wrong: map[string]string{}}
		f.refuse(err)
		return v.channelPage(statuses[code], id, &channelShown{}, f)
	}
	if err != nil {
		return err
	}
	return v.back(addParameter(channelPath(id), "did", "saved"))
}

// actOnChannel tests, pauses, resumes, removes, or makes another secret.
func (web *Web) actOnChannel(v *visit) error {
	id, err := channelID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	did := ""
	switch form.Get("do") {
	case "test":
		_, err = web.o.Outbox.TestChannel(v.ctx(), v.by, id)
		did = "tested"
	case "pause", "resume":
		paused := form.Get("do") == "pause"
		version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
		_, err = web.o.Outbox.ChangeChannel(v.ctx(), v.by, id, version, outbox.ChannelEdit{Paused: &paused})
		did = form.Get("do") + "d"
	case "rotate":
		_, secret, err := web.o.Outbox.RotateSecret(v.ctx(), v.by, id)
		if err != nil {
			return err
		}
		return v.channelPage(200, id, &channelShown{Secret: secret, Done: v.name("channel-did", "rotated")}, nil)
	case "remove":
		if err := web.o.Outbox.RemoveChannel(v.ctx(), v.by, id); err != nil {
			return err
		}
		return v.back(channelsPath)
	default:
		err = hearth.Errorf(hearth.Invalid, "Channels can be tested, paused, resumed and removed, and get another secret.")
	}
	if err != nil {
		return err
	}
	return v.back(addParameter(channelPath(id), "did", did))
}

// dispatchPage is one message and every try to send it.
type dispatchPage struct {
	Row       dispatchRow
	Back      string
	Link      string
	MessageID string
	Body      string
	Tries     []tryRow
	Write     bool
	State     string
}

type tryRow struct {
	Number int64
	Result string
	Words  string
	When   moment
}

// dispatch is the page of one message.
func (web *Web) dispatch(v *visit) error {
	id, err := dispatchID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := web.o.Outbox.Dispatch(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	p := &dispatchPage{
		Row: v.dispatchRows([]outbox.Dispatch{d}, nil)[0], Back: channelPath(d.Channel), MessageID: d.MessageID, Body: laidOut(d.Body),
		Write: v.by.Check(access.WriteChannels) == nil, State: string(d.State),
	}
	if p.Link = p.Row.Link; d.Kind == outbox.Push { // a device is its owner's own
		p.Back = channelsPath
	}
	for i := len(d.Log) - 1; i >= 0; i-- {
		t := &d.Log[i]
		row := tryRow{Number: t.Number, Result: v.name("dispatch", string(t.Result)), Words: v.gist(t.Error), When: v.when(t.Begun)}
		if t.Status != 0 && t.Error == "" {
			row.Words = strconv.FormatInt(t.Status, 10)
		}
		p.Tries = append(p.Tries, row)
	}
	return v.show("dispatch", p.Row.Title, p)
}

func dispatchID(text string) (outbox.DispatchID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, hearth.Errorf(hearth.NotFound, "There is no such dispatch.")
	}
	return outbox.DispatchID(id), nil
}

// actOnDispatch sends again, cancels, or says what became of one that nobody
// knows about.
func (web *Web) actOnDispatch(v *visit) error {
	id, err := dispatchID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	var d outbox.Dispatch
	switch do := form.Get("do"); do {
	case "replay":
		d, err = web.o.Outbox.Replay(v.ctx(), v.by, id)
	case "cancel":
		d, err = web.o.Outbox.Cancel(v.ctx(), v.by, id)
	case "arrived", "again", "failed":
		d, err = web.o.Outbox.Settle(v.ctx(), v.by, id, outbox.Decision(do))
	default:
		err = hearth.Errorf(hearth.Invalid, "A dispatch can be sent again, cancelled or settled.")
	}
	if err != nil {
		return err
	}
	return v.back("/settings/dispatches/" + strconv.FormatInt(int64(d.ID), 10))
}
