package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/client"
	"hearth/tag"
)

func (a *API) tags() {
	t := a.o.Tags
	type tagInput struct{ Body client.TagRequest }
	route(a, verb{id: "tag", may: access.TagPosts, method: http.MethodPost, path: "/tags", tag: "tags", summary: "Tag some posts, take tags away, or correct what the analysis says"},
		func(ctx context.Context, by access.Actor, in *tagInput) (client.TagDone, error) {
			keys := make([]hearth.Key, len(in.Body.Posts))
			for i, k := range in.Body.Posts {
				keys[i] = hearth.Key(k)
			}
			done, err := t.Set(ctx, by, keys, change(&in.Body.TagChange))
			return client.TagDone(done), err
		})
	type startInput struct{ Body client.TagRunDraft }
	route(a, verb{id: "start-tag-run", may: access.TagPosts, also: access.ReadPosts, method: http.MethodPost, path: "/tag-runs", tag: "tags", status: http.StatusCreated, heavy: true,
		summary: "Tag or correct everything that a search holds, in the background"},
		func(ctx context.Context, by access.Actor, in *startInput) (client.TagRun, error) {
			r, err := t.Start(ctx, by, selection(&in.Body.Search), change(&in.Body.TagChange))
			return runDocument(&r), err
		})
	route(a, verb{id: "tag-runs", may: access.ReadPosts, method: http.MethodGet, path: "/tag-runs", tag: "tags", summary: "Taggings of many posts, the newest first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.TagRunList, error) {
			list, err := t.Runs(ctx, by)
			doc := client.TagRunList{Runs: []client.TagRun{}}
			for i := range list {
				doc.Runs = append(doc.Runs, runDocument(&list[i]))
			}
			return doc, err
		})
	route(a, verb{id: "tag-run", may: access.ReadPosts, method: http.MethodGet, path: "/tag-runs/{id}", tag: "tags", summary: "One tagging of many posts, and how far it is"},
		func(ctx context.Context, by access.Actor, in *byID) (client.TagRun, error) {
			r, err := t.Get(ctx, by, in.ID)
			return runDocument(&r), err
		})
	type steerInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.TagRunStep
	}
	route(a, verb{id: "steer-tag-run", may: access.TagPosts, method: http.MethodPost, path: "/tag-runs/{id}/steer", tag: "tags", summary: "Pause, resume, cancel or undo a tagging of many posts"},
		func(ctx context.Context, by access.Actor, in *steerInput) (client.TagRun, error) {
			r, err := t.Steer(ctx, by, in.ID, tag.Step(in.Body.Step))
			return runDocument(&r), err
		})
	type postInput struct {
		Network string `query:"network" required:"true" minLength:"1" maxLength:"32"`
		ID      string `query:"id" required:"true" minLength:"1" maxLength:"512" doc:"The post's id on its network"`
	}
	route(a, verb{id: "annotations", may: access.ReadPosts, method: http.MethodGet, path: "/post/annotations", tag: "tags", summary: "Everything that people and rules said of a post, in order"},
		func(ctx context.Context, by access.Actor, in *postInput) (client.AnnotationList, error) {
			said, err := t.Said(ctx, by, hearth.Key{Network: in.Network, ID: in.ID})
			doc := client.AnnotationList{Annotations: []client.Annotation{}}
			for _, s := range said {
				doc.Annotations = append(doc.Annotations, client.Annotation{
					Field: string(s.Field), Value: s.Value, Was: s.Was, User: int64(s.By.User), Rule: s.By.Rule, Run: s.By.Run, At: s.At,
					Undone: s.Undone, UndoneBy: int64(s.UndoneBy),
				})
			}
			return doc, err
		})
}

func change(c *client.TagChange) tag.Change {
	change := tag.Change{Set: c.Set, Drop: c.Drop}
	for _, x := range c.Correct {
		change.Correct = append(change.Correct, tag.Correction{Field: archive.Field(x.Field), Value: x.Value})
	}
	return change
}

func correctionDocuments(list []tag.Correction) (docs []client.Correction) {
	for _, x := range list {
		docs = append(docs, client.Correction{Field: string(x.Field), Value: x.Value})
	}
	return docs
}

func runDocument(r *tag.Run) client.TagRun {
	return client.TagRun{
		ID: r.ID, State: string(r.State), Reason: r.Reason, Total: r.Total, Looked: r.Looked, Changed: r.Changed,
		Search:    client.Search{Query: r.Selection.Query, Monitor: int64(r.Selection.Monitor), From: r.Selection.From, To: r.Selection.To},
		TagChange: client.TagChange{Set: r.Change.Set, Drop: r.Change.Drop, Correct: correctionDocuments(r.Change.Correct)},
		By:        int64(r.By), Begun: r.Begun, Written: r.Written, Left: r.Left.Seconds(),
	}
}
