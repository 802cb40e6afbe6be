package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"hearth/access"
	"hearth/client"
)

// approvals is the routes of what takes four eyes.
func (a *API) approvals() {
	who := a.o.Access
	route(a, verb{id: "four-eyes", may: access.ReadApprovals, method: http.MethodGet, path: "/four-eyes", tag: "approvals", summary: "What takes four eyes in the workspace"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.FourEyes, error) {
			f, err := who.FourEyes(ctx, by)
			return fourEyesDocument(&f), err
		})
	type setInput struct{ Body client.FourEyesChange }
	route(a, verb{id: "set-four-eyes", may: access.WriteWorkspaces, method: http.MethodPut, path: "/four-eyes", tag: "approvals", small: true,
		summary: "Say what takes four eyes; to take something out takes four eyes itself"},
		func(ctx context.Context, by access.Actor, in *setInput) (client.FourEyes, error) {
			areas := make([]access.Area, len(in.Body.Areas))
			for i, name := range in.Body.Areas {
				areas[i] = access.Area(name)
			}
			f, err := who.SetFourEyes(ctx, by, in.Body.Version, areas)
			return fourEyesDocument(&f), err
		})
	type listInput struct {
		Open   bool  `query:"open" doc:"Those only of which something may still become"`
		Before int64 `query:"before" minimum:"0" doc:"Next of the page before"`
		Limit  int   `query:"limit" minimum:"0" maximum:"200"`
	}
	route(a, verb{id: "approvals", may: access.ReadApprovals, method: http.MethodGet, path: "/approvals", tag: "approvals",
		summary: "Your requests and those that you may decide, the newest first"},
		func(ctx context.Context, by access.Actor, in *listInput) (client.ApprovalPage, error) {
			doc := client.ApprovalPage{Approvals: []client.Approval{}}
			page, err := who.Approvals(ctx, by, access.ApprovalSearch{Open: in.Open, Before: access.ApprovalID(in.Before), Limit: in.Limit})
			for i := range page.Approvals {
				doc.Approvals = append(doc.Approvals, approvalDocument(&page.Approvals[i]))
			}
			doc.Next, doc.Waiting = int64(page.Next), page.Waiting
			return doc, err
		})
	route(a, verb{id: "approval", may: access.ReadApprovals, method: http.MethodGet, path: "/approvals/{id}", tag: "approvals", summary: "One request"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Approval, error) {
			r, err := who.Approval(ctx, by, access.ApprovalID(in.ID))
			return approvalDocument(&r), err
		})
	type noteInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.ApprovalNote
	}
	note := func(v verb, do func(context.Context, access.Actor, access.ApprovalID, string) (access.Approval, error)) {
		v.method, v.tag, v.small = http.MethodPost, "approvals", true
		route(a, v, func(ctx context.Context, by access.Actor, in *noteInput) (client.Approval, error) {
			r, err := do(ctx, by, access.ApprovalID(in.ID), in.Body.Note)
			return approvalDocument(&r), err
		})
	}
	note(verb{id: "approve", may: access.WriteApprovals, path: "/approvals/{id}/approve", summary: "Let whoever asked do it, once, within a day; takes a session"}, who.Approve)
	note(verb{id: "refuse-approval", may: access.WriteApprovals, path: "/approvals/{id}/refuse", summary: "End a request of somebody else; takes a session"}, who.RefuseApproval)
	note(verb{id: "explain-approval", may: access.ReadApprovals, path: "/approvals/{id}/explain", summary: "Say why you ask, once"}, who.ExplainApproval)
	route(a, verb{id: "withdraw-approval", may: access.ReadApprovals, method: http.MethodPost, path: "/approvals/{id}/withdraw", tag: "approvals", summary: "End a request of your own"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Approval, error) {
			r, err := who.WithdrawApproval(ctx, by, access.ApprovalID(in.ID))
			return approvalDocument(&r), err
		})
}

func fourEyesDocument(f *access.FourEyes) client.FourEyes {
	doc := client.FourEyes{Areas: []string{}, Version: f.Version, Changed: f.Changed, Owners: f.Owners}
	for _, area := range f.Areas {
		doc.Areas = append(doc.Areas, string(area))
	}
	return doc
}

func approvalDocument(r *access.Approval) client.Approval {
	return client.Approval{
		ID: int64(r.ID), Area: string(r.Area), Verb: r.Verb, Object: strings.TrimSuffix(r.Object.Kind+"/"+r.Object.ID, "/"),
		Was: json.RawMessage(r.Was), Now: json.RawMessage(r.Now), Why: r.Why, Kind: string(r.Kind), User: int64(r.User), Actor: r.Actor,
		Asked: r.Asked, Expires: r.Expires, State: string(r.State), DecidedBy: int64(r.DecidedBy), Decider: r.Decider, Note: r.Note,
		Decided: r.Decided, Ended: r.Ended, Own: r.Own, MayDecide: r.MayRefuse,
	}
}
