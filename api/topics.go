package api

import (
	"context"
	"net/http"
	"time"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/topic"
)

func (a *API) topics() {
	t := a.o.Topics
	type searchInput struct{ Body client.TopicSearch }
	search := func(s *client.TopicSearch) topic.Search {
		return topic.Search{Monitor: hearth.MonitorID(s.Monitor), From: s.From, To: s.To, Muted: s.Muted, Limit: s.Limit}
	}
	route(a, verb{id: "topics", may: access.ReadPosts, method: http.MethodPost, path: "/charts/topics", tag: "charts", heavy: true,
		summary: "Rank what the posts of a monitor are about by how many people speak of it"},
		func(ctx context.Context, by access.Actor, in *searchInput) (client.TopicRanking, error) {
			r, err := t.List(ctx, by, search(&in.Body))
			doc := client.TopicRanking{From: r.From, To: r.To, Topics: []client.Topic{}, Posts: r.Posts, Of: r.Of, PostsBefore: r.BeforePosts, Whole: r.Read, Muted: r.Muted, Behind: r.Behind}
			for i := range r.Topics {
				doc.Topics = append(doc.Topics, topicDocument(&r.Topics[i]))
			}
			return doc, err
		})
	route(a, verb{id: "said", may: access.ReadPosts, method: http.MethodPost, path: "/charts/said", tag: "charts", heavy: true,
		summary: "Compare what is said with the time before, in phrases"},
		func(ctx context.Context, by access.Actor, in *searchInput) (client.Saying, error) {
			s, err := t.Said(ctx, by, search(&in.Body))
			doc := client.Saying{From: s.From, To: s.To, More: []client.SaidPhrase{}, Less: []client.SaidPhrase{}, Posts: s.Posts, PostsBefore: s.PostsBefore}
			for _, one := range s.More {
				doc.More = append(doc.More, client.SaidPhrase(one))
			}
			for _, one := range s.Less {
				doc.Less = append(doc.Less, client.SaidPhrase(one))
			}
			return doc, err
		})
	route(a, verb{id: "topic-names", may: access.ReadPosts, method: http.MethodGet, path: "/topics", tag: "charts", summary: "What topics are called, by how many posts they have"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.TopicNameList, error) {
			names, err := t.Names(ctx, by)
			doc := client.TopicNameList{Topics: []client.TopicName{}}
			for _, one := range names {
				doc.Topics = append(doc.Topics, client.TopicName{ID: int64(one.ID), Name: one.Name})
			}
			return doc, err
		})
	type oneInput struct {
		ID      int64     `path:"id" minimum:"1"`
		Monitor int64     `query:"monitor" required:"true" minimum:"1"`
		From    time.Time `query:"from" doc:"Published at or after; none: seven days before to"`
		To      time.Time `query:"to" doc:"Published before; none: now"`
	}
	route(a, verb{id: "topic", may: access.ReadPosts, method: http.MethodGet, path: "/topics/{id}", tag: "charts", heavy: true, summary: "One topic with its trend"},
		func(ctx context.Context, by access.Actor, in *oneInput) (client.TopicDetail, error) {
			d, err := t.Get(ctx, by, topic.ID(in.ID), topic.Search{Monitor: hearth.MonitorID(in.Monitor), From: in.From, To: in.To})
			doc := client.TopicDetail{From: d.From, To: d.To, Topic: topicDocument(&d.Topic), Points: []client.TopicPoint{}, Width: int64(d.Width / time.Second), Parts: []client.TopicPart{}, Drift: d.Drift, Whole: d.Read}
			for _, p := range d.Points {
				doc.Points = append(doc.Points, client.TopicPoint(p))
			}
			for _, p := range d.Parts {
				doc.Parts = append(doc.Parts, client.TopicPart{ID: int64(p.ID), Name: p.Name, Posts: p.Posts})
			}
			return doc, err
		})
	type postsInput struct {
		ID      int64     `path:"id" minimum:"1"`
		Monitor int64     `query:"monitor" required:"true" minimum:"1"`
		From    time.Time `query:"from" doc:"Published at or after; none: seven days before to"`
		To      time.Time `query:"to" doc:"Published before; none: now"`
		Limit   int       `query:"limit" minimum:"0" maximum:"100" doc:"0: 20"`
		Cursor  string    `query:"cursor" maxLength:"64"`
	}
	route(a, verb{id: "topic-posts", may: access.ReadPosts, method: http.MethodGet, path: "/topics/{id}/posts", tag: "charts", heavy: true, summary: "The posts of a topic, the newest first"},
		func(ctx context.Context, by access.Actor, in *postsInput) (client.TopicPage, error) {
			page, err := t.Posts(ctx, by, topic.ID(in.ID), topic.Search{Monitor: hearth.MonitorID(in.Monitor), From: in.From, To: in.To, Limit: in.Limit}, in.Cursor)
			return client.TopicPage{Posts: hitDocuments(page.Posts), Next: page.Next}, err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.TopicChange
	}
	act(a, verb{id: "change-topic", may: access.WriteMonitors, method: http.MethodPatch, path: "/topics/{id}", tag: "charts", summary: "Give a topic a name, or mute it"},
		func(ctx context.Context, by access.Actor, in *changeInput) error {
			return t.Change(ctx, by, topic.ID(in.ID), in.Body.Version, topic.Edit{Name: in.Body.Name, Muted: in.Body.Muted})
		})
	type mergeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.TopicMerging
	}
	act(a, verb{id: "merge-topics", may: access.WriteMonitors, method: http.MethodPost, path: "/topics/{id}/merge", tag: "charts", summary: "Make topics part of this one; splitting a part takes it out again"},
		func(ctx context.Context, by access.Actor, in *mergeInput) error {
			parts := make([]topic.ID, len(in.Body.Parts))
			for i, id := range in.Body.Parts {
				parts[i] = topic.ID(id)
			}
			return t.Merge(ctx, by, topic.ID(in.ID), parts)
		})
	route(a, verb{id: "split-topic", may: access.WriteMonitors, method: http.MethodPost, path: "/topics/{id}/split", tag: "charts", summary: "Take a topic apart: out of another, into its parts, or by what its posts say"},
		func(ctx context.Context, by access.Actor, in *byID) (client.TopicPieces, error) {
			pieces, err := t.Split(ctx, by, topic.ID(in.ID))
			doc := client.TopicPieces{Topics: []int64{}}
			for _, id := range pieces {
				doc.Topics = append(doc.Topics, int64(id))
			}
			return doc, err
		})
}

func topicDocument(t *topic.Topic) client.Topic {
	doc := client.Topic{
		ID: int64(t.ID), Version: t.Version, Name: t.Name, Label: t.Label, Named: t.Named, Muted: t.Muted, Lang: t.Lang, Phrases: []client.TopicPhrase{}, First: t.First,
		People: t.People, PeopleBefore: t.PeopleBefore, Posts: t.Posts, PostsBefore: t.PostsBefore, Known: t.Known, Negative: t.Negative, Low: t.Share.Low, High: t.Share.High,
		Score: t.Score, Rising: t.Rising, New: t.New, Samples: hitDocuments(t.Samples),
	}
	for _, p := range t.Phrases {
		doc.Phrases = append(doc.Phrases, client.TopicPhrase(p))
	}
	return doc
}
