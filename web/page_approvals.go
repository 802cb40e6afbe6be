package web

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"hearth"
	"hearth/access"
)

const approvalsPath = "/settings/approvals"

func approvalPath(id access.ApprovalID) string { return approvalsPath + "/" + id.String() }

// approvalsPage is what takes four eyes, and who asks for it.
type approvalsPage struct {
	Done  *undo
	All   bool // those that are over as well
	Rows  []approvalRow
	Older string
	None  *emptyState
	Areas []choice // what takes four eyes; of whoever may only look
	Form  *fieldset
	Alone bool // too few owners to switch it on
}

// approvalRow is a request in a list.
type approvalRow struct {
	Link, What, Object string
	Actor              string
	State, Class       string // in words; the name of its colour
	Asked              moment
	Mine               bool // whoever looks may decide it now
}

// approvals lists the requests of whoever looks, and those that they may decide.
func (web *Web) approvals(v *visit) error { return v.approvalsPage(http.StatusOK, nil, nil) }

func (v *visit) approvalsPage(status int, wrong error, typed url.Values) error {
	p := &approvalsPage{All: v.query("show") == "all"}
	if v.query("did") == "set" {
		p.Done = &undo{Sentence: v.say("approvals.set")}
	}
	page, err := v.web.o.Access.Approvals(v.ctx(), v.by, access.ApprovalSearch{Open: !p.All, Before: access.ApprovalID(v.queryNumber("before"))})
	if err != nil {
		return err
	}
	for i := range page.Approvals {
		p.Rows = append(p.Rows, v.approvalRow(&page.Approvals[i]))
	}
	if page.Next > 0 {
		q := url.Values{"before": {page.Next.String()}}
		if p.All {
			q.Set("show", "all")
		}
		p.Older = approvalsPath + "?" + q.Encode()
	}
	f, err := v.web.o.Access.FourEyes(v.ctx(), v.by)
	if err != nil {
		return err
	}
	if len(p.Rows) == 0 {
		p.None = &emptyState{Title: v.say("approvals.none.title"), Sentence: v.say("approvals.none.sentence")}
		if len(f.Areas) == 0 {
			p.None.Sentence = v.say("approvals.off.sentence")
		}
	}
	for _, area := range access.Areas() {
		p.Areas = append(p.Areas, choice{string(area), v.name("approval-area", string(area)), f.On(area)})
	}
	if v.by.May(access.WriteWorkspaces) {
		p.Alone = f.Owners < 2 && len(f.Areas) == 0
		p.Form = &fieldset{
			ID: "areas", Action: approvalsPath, Submit: v.say("act.save"), Icon: "save",
			Hidden: []doorField{{Name: "version", Value: strconv.FormatInt(f.Version, 10)}},
			Fields: []input{{Name: "areas", Label: v.say("approvals.areas"), Several: p.Areas}},
		}
		if wrong != nil {
			at, shown := p.Form.refused(wrong, typed)
			if !shown {
				return wrong
			}
			status = at
		}
	}
	return v.showAt(status, "approvals", v.name("settings-title", "approvals"), p)
}

func (v *visit) approvalRow(r *access.Approval) approvalRow {
	return approvalRow{
		Link: approvalPath(r.ID), What: v.toDo(r.Verb), Object: shorten(60, r.Object.ID), Actor: shorten(60, r.Actor), State: v.name("approval-state", string(r.State)),
		Class: approvalClass(r.State), Asked: v.when(r.Asked), Mine: r.MayApprove,
	}
}

// toDo words what is asked for: "Connect a source".
func (v *visit) toDo(verb string) string {
	if v.known["approval-verb."+verb] {
		return v.name("approval-verb", verb)
	}
	return v.verb(verb)
}

// wanted is everything that is asked for: what stays as well, since it says of whom
// or what the rest is.
func (v *visit) wanted(was, now string) (list []auditChange) {
	before, after := v.properties(was, mostWantedValue), v.properties(now, mostWantedValue)
	names := maps.Clone(before)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, after)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c := auditChange{shorten(40, name), before[name], after[name]}
		if c.Was == c.Now {
			c.Was = ""
		}
		list = append(list, c)
	}
	return list[:min(len(list), mostWanted)]
}

// What somebody approves they see whole, up to what the audit log keeps.
const mostWanted, mostWantedValue = 40, 4096

// approvalClass is the colour of a state.
func approvalClass(s access.ApprovalState) string {
	switch s {
	case access.ApprovalWaiting:
		return "wait"
	case access.ApprovalGiven, access.ApprovalUsed:
		return "good"
	}
	return "bad"
}

// setFourEyes says what takes four eyes.
func (web *Web) setFourEyes(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	areas := []access.Area{}
	for _, name := range form["areas"] {
		areas = append(areas, access.Area(name))
	}
	if _, err := web.o.Access.SetFourEyes(v.ctx(), v.by, version, areas); err != nil {
		return v.approvalsPage(http.StatusOK, err, form)
	}
	return v.back(approvalsPath + "?did=set")
}

// approvalPage is one request.
type approvalPage struct {
	approvalRow
	Done     *undo
	ID       int64
	Area     string
	Kind     string // of whoever asks
	Why      string
	Waits    bool
	Ready    bool // it may be done now, here
	Approved bool
	Own      bool
	May      bool // whoever looks may approve it
	Refuse   bool
	Withdraw bool
	Explain  *fieldset
	Expires  moment
	Decider  string
	Decided  moment
	Note     string
	Changes  []auditChange
}

func (web *Web) approval(v *visit) error {
	id, err := idOf(v.r.PathValue("id"), "There is no such request.")
	if err != nil {
		return err
	}
	return v.approvalPage(http.StatusOK, access.ApprovalID(id), nil, nil)
}

func (v *visit) approvalPage(status int, id access.ApprovalID, wrong error, typed url.Values) error {
	r, err := v.web.o.Access.Approval(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	p := &approvalPage{
		approvalRow: v.approvalRow(&r), ID: int64(r.ID), Area: v.name("approval-area", string(r.Area)), Kind: v.name("actor-kind", string(r.Kind)), Why: shorten(1000, r.Why),
		Waits: r.State == access.ApprovalWaiting, Approved: r.State == access.ApprovalGiven, Ready: r.Form != nil, Own: r.Own, May: r.MayApprove, Refuse: r.MayRefuse,
		Withdraw: r.Own && r.Open(), Expires: v.when(r.Expires), Decider: shorten(60, r.Decider), Note: shorten(1000, r.Note), Changes: v.wanted(r.Was, r.Now),
	}
	if !r.Decided.IsZero() {
		p.Decided = v.when(r.Decided)
	}
	if did := v.query("did"); slices.Contains([]string{"asked", "explain", "approve", "refuse", "withdraw"}, did) {
		p.Done = &undo{Sentence: v.name("approval-did", did)}
	}
	if r.Own && r.Open() && r.Why == "" {
		p.Explain = &fieldset{
			ID: "why", Action: approvalPath(id), Submit: v.say("approvals.explain"), Icon: "send", Hidden: []doorField{{Name: "do", Value: "explain"}},
			Fields: []input{{Name: "why", Label: v.say("approvals.why"), Help: v.say("approvals.why.help"), Required: true, Max: 1000}},
		}
	}
	if wrong != nil {
		if p.Explain == nil {
			return wrong
		}
		at, shown := p.Explain.refused(wrong, typed)
		if !shown {
			return wrong
		}
		status = at
	}
	return v.showAt(status, "approval", p.What, p)
}

// actOnApproval explains, withdraws, approves or refuses a request, or does what was
// approved.
func (web *Web) actOnApproval(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	number, err := idOf(v.r.PathValue("id"), "There is no such request.")
	if err != nil {
		return err
	}
	id, do := access.ApprovalID(number), form.Get("do")
	switch do {
	case "explain":
		if _, err := web.o.Access.ExplainApproval(v.ctx(), v.by, id, form.Get("why")); err != nil {
			return v.approvalPage(http.StatusOK, id, err, form)
		}
	case "withdraw":
		_, err = web.o.Access.WithdrawApproval(v.ctx(), v.by, id)
	case "approve":
		_, err = web.o.Access.Approve(v.ctx(), v.by, id, form.Get("note"))
	case "refuse":
		_, err = web.o.Access.RefuseApproval(v.ctx(), v.by, id, form.Get("note"))
	case "do":
		return v.doAgain(id)
	default:
		err = hearth.Errorf(hearth.Invalid, "Requests can be explained, withdrawn, approved, refused and done.")
	}
	if err != nil {
		return err
	}
	return v.back(approvalPath(id) + "?did=" + do)
}

// again is a form, or an address, that somebody sent and that took four eyes.
type again struct {
	Path string     `json:"path"`
	Form url.Values `json:"form,omitempty"` // nil: a page or a file
}

// remember has what the visitor asks for come back to them, should it take four
// eyes.
func (v *visit) remember(a again) {
	if body, err := json.Marshal(a); err == nil {
		v.by = v.web.o.Access.Through(v.by, body)
	}
}

// doAgain sends the form of an approved request once more, as if it were typed
// again: the verb behind it claims the approval.
func (v *visit) doAgain(id access.ApprovalID) error {
	r, err := v.web.o.Access.Approval(v.ctx(), v.by, id)
	if err != nil {
		return err
	}
	var a again
	if len(r.Form) == 0 || json.Unmarshal(r.Form, &a) != nil || !ourPlace(a.Path) {
		return hearth.Errorf(hearth.Conflict, "This cannot be done from here: it is not approved, or was not asked for in a browser. Do the same again where you did it first.")
	}
	if a.Form == nil {
		return v.back(a.Path)
	}
	to, err := url.Parse(a.Path)
	if err != nil {
		return err
	}
	next := v.r.Clone(v.ctx())
	next.URL, next.RequestURI, next.Body = to, a.Path, http.NoBody
	next.PostForm, next.Form = a.Form, a.Form
	v.web.mux.ServeHTTP(v.w, next)
	return nil
}

// waits sends the visitor to the request that they have just made, if the error
// says so.
func (v *visit) waits(err error) bool {
	var asked *access.Asked
	if !errors.As(err, &asked) || v.by.Kind != access.User {
		return false
	}
	to := approvalPath(asked.Request) + "?did=asked"
	if v.part() {
		v.w.Header().Set("HX-Redirect", to)
		v.w.WriteHeader(http.StatusNoContent)
		return true
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return true
}

// toApprove is how many requests wait for somebody with the visitor's rights.
func (v *visit) toApprove() int64 {
	if !v.by.MaySome(access.WriteApprovals) || v.account.User == 0 {
		return 0
	}
	page, err := v.web.o.Access.Approvals(v.ctx(), v.by, access.ApprovalSearch{Open: true, Limit: 1})
	if err != nil {
		v.web.o.Log.Warn("requests that wait cannot be counted", "error", err)
	}
	return page.Waiting
}
