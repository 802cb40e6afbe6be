package web

import (
	"net/url"
	"slices"
	"strconv"

	"hearth"
	"hearth/access"
	"hearth/outbox"
)

const unknownPath = channelsPath + "/unknown"

// unknownPage is the messages of which nobody knows whether they arrived, to be
// settled one or many at once.
type unknownPage struct {
	Rows  []unknownRow
	Total int64 // that are unknown in the workspace
	Older string
	First string // address of the newest, from an older page
	Done  string
	Why   string // what is wrong with the form
	Write bool
	None  *emptyState
}

type unknownRow struct {
	dispatchRow
	ID     int64
	Chosen bool
}

const shownUnknown = 50

// unknown is the list.
func (web *Web) unknown(v *visit) error { return v.unknownPage(200, nil, nil) }

func (v *visit) unknownPage(status int, chosen []string, wrong error) error {
	channels, err := v.web.o.Outbox.Channels(v.ctx(), v.by)
	if err != nil {
		return err
	}
	before := v.queryNumber("before")
	page, err := v.web.o.Outbox.Dispatches(v.ctx(), v.by, outbox.Search{State: outbox.Unknown, Before: outbox.DispatchID(before), Limit: shownUnknown})
	if err != nil {
		return err
	}
	all, err := v.web.o.Outbox.Overview(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &unknownPage{Total: all.Unknown, Write: v.by.Check(access.WriteChannels) == nil}
	if wrong != nil {
		p.Why = wrong.Error()
	}
	for i, row := range v.dispatchRows(page.Dispatches, channels) {
		id := int64(page.Dispatches[i].ID)
		p.Rows = append(p.Rows, unknownRow{row, id, slices.Contains(chosen, strconv.FormatInt(id, 10))})
	}
	if page.Next != 0 {
		p.Older = unknownPath + "?before=" + strconv.FormatInt(int64(page.Next), 10)
	}
	if before > 0 {
		p.First = unknownPath
	}
	if n := v.queryNumber("settled"); n > 0 && slices.Contains([]string{"arrived", "again", "failed"}, v.query("did")) {
		switch v.query("did") {
		case "arrived":
			p.Done = v.say("unknown.arrived", "n", n)
		case "again":
			p.Done = v.say("unknown.again", "n", n)
		default:
			p.Done = v.say("unknown.failed", "n", n)
		}
	}
	if len(p.Rows) == 0 {
		p.None = &emptyState{Title: v.say("unknown.none.title"), Sentence: v.say("unknown.none.sentence"), Action: v.name("settings-title", "channels"), Link: channelsPath}
	}
	return v.block(status, "unknown", "shell", v.shell(v.say("unknown.title"), false, p))
}

// settleUnknown settles what was ticked, or all.
func (web *Web) settleUnknown(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	s := outbox.Settlement{Decision: outbox.Decision(form.Get("do"))}
	for _, text := range form["dispatch"] {
		id, err := dispatchID(text)
		if err != nil {
			return err
		}
		s.Dispatches = append(s.Dispatches, id)
	}
	if form.Get("all") != "" {
		s.Dispatches = nil
	} else if len(s.Dispatches) == 0 {
		return v.unknownPage(statuses[hearth.Invalid], nil, hearth.Errorf(hearth.Invalid, "%s", v.say("unknown.tick")))
	}
	did, err := web.o.Outbox.SettleMany(v.ctx(), v.by, s)
	if code := hearth.ErrorCode(err); code == hearth.Conflict || code == hearth.Invalid {
		return v.unknownPage(statuses[code], form["dispatch"], err)
	}
	if err != nil {
		return err
	}
	return v.back(unknownPath + "?" + url.Values{"did": {string(s.Decision)}, "settled": {strconv.FormatInt(did.Settled, 10)}}.Encode())
}
