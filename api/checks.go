package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/client"
	"hearth/quality"
)

func (a *API) checks() {
	c := a.o.Checks
	type startInput struct{ Body client.CheckDraft }
	route(a, verb{id: "start-check", may: access.TagPosts, also: access.ReadPosts, method: http.MethodPost, path: "/checks", tag: "tags", status: http.StatusCreated, heavy: true,
		summary: "Draw posts of a monitor by chance, to be judged"},
		func(ctx context.Context, by access.Actor, in *startInput) (client.Check, error) {
			check, err := c.Start(ctx, by, hearth.MonitorID(in.Body.Monitor), archive.Field(in.Body.Field))
			return checkDocument(&check), err
		})
	route(a, verb{id: "check", may: access.ReadPosts, method: http.MethodGet, path: "/checks/{id}", tag: "tags", summary: "Posts that were drawn by chance, and what people say of them"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Check, error) {
			check, err := c.Get(ctx, by, in.ID)
			return checkDocument(&check), err
		})
	type answerInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.CheckAnswer
	}
	route(a, verb{id: "answer-check", may: access.TagPosts, also: access.ReadPosts, method: http.MethodPost, path: "/checks/{id}/answer", tag: "tags", summary: "Say what a post that was drawn is"},
		func(ctx context.Context, by access.Actor, in *answerInput) (client.Check, error) {
			check, err := c.Answer(ctx, by, in.ID, in.Body.Place, in.Body.Answer)
			return checkDocument(&check), err
		})
	type accuracyInput struct {
		Monitor int64 `query:"monitor" required:"true" minimum:"1"`
	}
	route(a, verb{id: "accuracy", may: access.ReadMonitors, also: access.ReadPosts, method: http.MethodGet, path: "/accuracy", tag: "tags", heavy: true,
		summary: "How often the analysis was right about a monitor's posts, as people judge"},
		func(ctx context.Context, by access.Actor, in *accuracyInput) (client.AccuracyList, error) {
			list, err := c.Accuracy(ctx, by, hearth.MonitorID(in.Monitor))
			doc := client.AccuracyList{Fields: []client.Accuracy{}}
			for _, f := range list {
				doc.Fields = append(doc.Fields, client.Accuracy{
					Field: string(f.Field), Judged: f.Right.N, Right: f.Right.Value, Low: f.Right.Low, High: f.Right.High, Silent: f.Silent,
					Check: f.Latest, Open: f.Open, Corrected: f.Corrected, Of: f.Of,
				})
			}
			return doc, err
		})
}

func checkDocument(check *quality.Check) client.Check {
	doc := client.Check{ID: check.ID, Monitor: int64(check.Monitor), Field: string(check.Field), Of: check.Of, By: int64(check.By), Begun: check.Begun, Posts: []client.DrawnPost{}}
	for i := range check.Posts {
		d := &check.Posts[i]
		post := client.DrawnPost{Place: d.Place, Key: client.PostKey(d.Key), Machine: d.Machine, Answer: d.Answer, By: int64(d.By)}
		if d.Post != nil {
			post.Text = d.Post.Text
		}
		doc.Posts = append(doc.Posts, post)
	}
	return doc
}
