package web

import (
	"context"
	"encoding/json"
	"strconv"

	"hearth"
	"hearth/access"
	"hearth/alert"
)

// noticesPage is what people should know, the newest first.
type noticesPage struct {
	Rows   []noticeRow
	Unread int64
	Upto   int64 // the newest that is shown
	Older  string
	None   *emptyState
	Done   string
	Tell   *devicePart // nil: whoever looks is nobody by name
	Asked  string      // requests that wait for whoever looks, in words; "": none
}

type noticeRow struct {
	ID          int64
	Icon, Class string
	Title, Text string
	To          string // address of what it is about
	When        moment
	Read        bool
}

const noticesShown = 40

// notices is the page.
func (web *Web) notices(v *visit) error {
	page, err := web.o.Alerts.Notices(v.ctx(), v.by, alert.NoticeSearch{Before: v.queryNumber("before"), Limit: noticesShown})
	if err != nil {
		return err
	}
	p := &noticesPage{Unread: page.Unread, Done: v.doneWith(v.query("did"))}
	if p.Tell, err = v.devices("/notices", ""); err != nil {
		return err
	}
	people := v.people()
	for i := range page.Notices {
		p.Rows = append(p.Rows, v.noticeRow(&page.Notices[i], people))
		p.Upto = max(p.Upto, page.Notices[i].ID)
	}
	if page.Next != 0 {
		p.Older = "/notices?before=" + strconv.FormatInt(page.Next, 10)
	}
	if n := v.toApprove(); n > 0 {
		p.Asked = v.say("approvals.wait-for-you", "n", n)
	}
	if len(p.Rows) == 0 && p.Asked == "" {
		p.None = &emptyState{Title: v.say("notices.none.title"), Sentence: v.say("notices.none.sentence"), Action: v.say("alerts.none.action"), Link: "/watching"}
	}
	return v.show("notices", v.say("notices.title"), p)
}

func (v *visit) noticeRow(n *alert.Notice, people map[int64]string) noticeRow {
	row := noticeRow{ID: n.ID, Icon: "bell", Class: string(n.Class), When: v.when(n.At), Read: n.Read, To: "/notices", Title: shorten(300, v.ours(n.Title)), Text: shorten(500, v.ours(n.Text))}
	if title, text, known := v.noticed(n.Kind, n.Class, &n.Facts, people); known {
		row.Title, row.Text = title, text
	}
	switch {
	case n.Source != 0:
		row.Icon, row.To = "rss", sourcePath(n.Source)
	case n.Kind == alert.IncidentOpened || n.Kind == alert.IncidentChanged:
		row.Icon, row.To = "flag", "/incidents"
		if n.Incident != 0 {
			row.To = incidentPath(n.Incident)
		}
	case n.Alert != 0:
		row.Icon, row.To = "siren", alertPath(n.Alert)
	}
	return row
}

// readNotices marks what somebody has seen, and leads to what it is about.
func (web *Web) readNotices(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	one, upto, to := form.Get("id"), form.Get("upto"), "/notices"
	only := one != ""
	if only {
		upto, to = one, form.Get("to")
	}
	id, err := strconv.ParseInt(upto, 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This form is too old; open the page again.")
	}
	if err := web.o.Alerts.ReadNotices(v.ctx(), v.by, id, only); err != nil {
		return err
	}
	return v.back(to)
}

// bell is what the shell says of notices.
type bell struct{ Unread int64 }

// bell counts for the shell what is unread; nil for who may not see notices.
func (v *visit) bell() *bell {
	if v.by.CheckSome(access.ReadAlerts) != nil || v.web.o.Alerts == nil {
		return nil
	}
	page, err := v.web.o.Alerts.Notices(v.ctx(), v.by, alert.NoticeSearch{Unread: true, Limit: 1})
	if err != nil {
		v.web.o.Log.Warn("unread notices cannot be counted", "error", err)
		return nil
	}
	return &bell{page.Unread + v.toApprove()}
}

// unread is what an event of the bell's stream says.
type unread struct {
	Unread int64  `json:"unread"`
	Latest int64  `json:"latest,omitempty"` // its number
	Title  string `json:"title,omitempty"`  // of the latest unread one that is serious
	To     string `json:"to,omitempty"`
}

// noticesLive tells how many notices are unread, at once and whenever that
// changes. A page that lost its connection hears the whole truth anew.
func (web *Web) noticesLive(v *visit) error {
	changes := web.o.Alerts.Changes().Subscribe(v.by.Workspace, 16)
	return v.stream(func(ctx context.Context, out *eventWriter) error {
		defer changes.Close()
		for {
			page, err := web.o.Alerts.Notices(ctx, v.by, alert.NoticeSearch{Unread: true, Limit: 1})
			if err != nil {
				return err
			}
			u := unread{Unread: page.Unread + v.toApprove()}
			if len(page.Notices) > 0 {
				row := v.noticeRow(&page.Notices[0], nil)
				u.Latest, u.Title, u.To = row.ID, plain(row.Title), row.To
			}
			body, err := json.Marshal(u)
			if err != nil {
				return err
			}
			out.say(u.Latest, "unread", string(body))
			for heard := false; !heard; {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case c, ok := <-changes.C():
					if !ok {
						return nil
					}
					heard = c.Notice != 0
				}
			}
		}
	})
}
