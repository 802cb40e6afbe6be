package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/bots"
	"hearth/client"
)

func (a *API) bots() {
	b := a.o.Bots
	type accountsInput struct{ Body client.AutomationRequest }
	route(a, verb{id: "automations", may: access.ReadPosts, method: http.MethodPost, path: "/accounts/automation", tag: "posts",
		summary: "Say how likely accounts are automated, and why"},
		func(ctx context.Context, by access.Actor, in *accountsInput) ([]client.Automation, error) {
			var accounts []bots.Account
			for _, one := range in.Body.Accounts {
				accounts = append(accounts, bots.Account(one))
			}
			found, err := b.Of(ctx, by, accounts)
			list := []client.Automation{}
			for i := range found {
				list = append(list, automationDocument(&found[i]))
			}
			return list, err
		})
	type sayInput struct{ Body client.AutomationSaid }
	act(a, verb{id: "say-automation", may: access.TagPosts, method: http.MethodPost, path: "/accounts/automation/say", tag: "posts",
		summary: "Say that a person writes at an account, or a program, or take that back"},
		func(ctx context.Context, by access.Actor, in *sayInput) error {
			return b.Say(ctx, by, bots.Account(in.Body.SocialAccount), bots.Says(in.Body.Says))
		})
}

func automationDocument(l *bots.Likelihood) client.Automation {
	doc := client.Automation{
		SocialAccount: client.SocialAccount(l.Account), Label: l.Label, Band: string(l.Band), Score: l.Score, Posts: l.Posts, Said: string(l.Said), By: int64(l.By),
		Reasons: []client.AutomationReason{},
	}
	if !l.Judged.IsZero() {
		doc.Judged = &l.Judged
	}
	if l.Said != bots.Nothing {
		doc.At = &l.At
	}
	for i := range l.Reasons {
		r := &l.Reasons[i]
		doc.Reasons = append(doc.Reasons, client.AutomationReason{Kind: string(r.Kind), Points: r.Points, Words: r.String(), N: r.N, Of: r.Of})
	}
	return doc
}
