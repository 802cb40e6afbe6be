package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/tag"
)

func (a *API) rules() {
	r := tag.NewRules(a.o.Tags)
	route(a, verb{id: "rules", may: access.ReadMonitors, method: http.MethodGet, path: "/rules", tag: "tags", summary: "List the rules that tag, in the order in which they are asked"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.RuleList, error) {
			list, err := r.List(ctx, by)
			doc := client.RuleList{Rules: []client.Rule{}}
			for i := range list {
				doc.Rules = append(doc.Rules, ruleDocument(&list[i]))
			}
			return doc, err
		})
	type addInput struct{ Body client.RuleDraft }
	route(a, verb{id: "add-rule", may: access.WriteMonitors, method: http.MethodPost, path: "/rules", tag: "tags", status: http.StatusCreated, summary: "Make a rule that tags what arrives from now on"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Rule, error) {
			rule, err := r.Create(ctx, by, ruleDraft(&in.Body))
			return ruleDocument(&rule), err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.TagRuleChange
	}
	route(a, verb{id: "change-rule", may: access.WriteMonitors, method: http.MethodPut, path: "/rules/{id}", tag: "tags", summary: "Make another rule of one"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.Rule, error) {
			rule, err := r.Change(ctx, by, in.ID, in.Body.Version, ruleDraft(&in.Body.RuleDraft))
			return ruleDocument(&rule), err
		})
	act(a, verb{id: "remove-rule", may: access.WriteMonitors, method: http.MethodDelete, path: "/rules/{id}", tag: "tags", summary: "Take a rule away; what it tagged stays so"},
		func(ctx context.Context, by access.Actor, in *byID) error { return r.Remove(ctx, by, in.ID) })
	type tryInput struct{ Body client.RuleTrial }
	route(a, verb{id: "try-rule", may: access.ReadPosts, also: access.ReadMonitors, method: http.MethodPost, path: "/rules/try", tag: "tags", heavy: true, summary: "Say what a rule would do to what is stored, and do nothing"},
		func(ctx context.Context, by access.Actor, in *tryInput) (client.RuleTried, error) {
			trial, err := r.Try(ctx, by, ruleDraft(&in.Body.RuleDraft), in.Body.From)
			doc := client.RuleTried{Matches: trial.Matches, Changes: trial.Changes, Exact: trial.Exact, Posts: []client.Hit{}}
			for i := range trial.Posts {
				doc.Posts = append(doc.Posts, hitDocument(&trial.Posts[i]))
			}
			return doc, err
		})
	type applyInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.RuleApplication
	}
	route(a, verb{id: "apply-rule", may: access.WriteMonitors, also: access.TagPosts, method: http.MethodPost, path: "/rules/{id}/apply", tag: "tags", status: http.StatusCreated, heavy: true,
		summary: "Have a rule look at what is stored, in the background"},
		func(ctx context.Context, by access.Actor, in *applyInput) (client.TagRun, error) {
			run, err := r.Apply(ctx, by, in.ID, in.Body.From)
			return runDocument(&run), err
		})
}

func ruleDraft(d *client.RuleDraft) tag.RuleDraft {
	return tag.RuleDraft{Name: d.Name, Query: d.Query, Monitor: hearth.MonitorID(d.Monitor), Tags: d.Tags, Place: d.Place, Stop: d.Stop, Paused: d.Paused}
}

func ruleDocument(r *tag.Rule) client.Rule {
	return client.Rule{
		ID: r.ID, Version: r.Version, Created: r.Created, Changed: r.Changed,
		RuleDraft: client.RuleDraft{Name: r.Name, Query: r.Query, Monitor: int64(r.Monitor), Tags: append([]string{}, r.Tags...), Place: r.Place, Stop: r.Stop, Paused: r.Paused},
	}
}
