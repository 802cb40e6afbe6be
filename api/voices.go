package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/monitor"
)

func (a *API) voices() {
	charts, trusted := monitor.NewCharts(a.o.Monitors), monitor.NewTrusted(a.o.Monitors)
	type voicesInput struct{ Body client.VoicesRequest }
	route(a, verb{id: "voices", may: access.ReadPosts, method: http.MethodPost, path: "/charts/voices", tag: "charts", heavy: true,
		summary: "Rank the people whom others answer, quote, repost and name"},
		func(ctx context.Context, by access.Actor, in *voicesInput) (client.Voices, error) {
			found, err := charts.Voices(ctx, by, monitor.VoiceSearch{
				Monitor: hearth.MonitorID(in.Body.Monitor), From: in.Body.From, To: in.Body.To, Limit: in.Body.Limit,
			})
			return voicesDocument(&found), err
		})
	route(a, verb{id: "trusted-people", may: access.ReadMonitors, method: http.MethodGet, path: "/trusted-people", tag: "charts",
		summary: "List the people at whom trust in the ranking of voices begins"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.TrustedList, error) {
			list, err := trusted.List(ctx, by)
			doc := client.TrustedList{People: []client.TrustedPerson{}}
			for i := range list {
				doc.People = append(doc.People, trustedDocument(&list[i]))
			}
			return doc, err
		})
	type trustInput struct{ Body client.TrustedPerson }
	route(a, verb{id: "trust", may: access.WriteMonitors, method: http.MethodPost, path: "/trusted-people", tag: "charts", summary: "Put somebody on the list, or give them another note"},
		func(ctx context.Context, by access.Actor, in *trustInput) (client.TrustedPerson, error) {
			p, err := trusted.Add(ctx, by, monitor.Person{Network: in.Body.Network, Author: in.Body.Author, Note: in.Body.Note})
			return trustedDocument(&p), err
		})
	type distrustInput struct {
		Network string `query:"network" required:"true" maxLength:"32"`
		Author  string `query:"author" required:"true" maxLength:"512"`
	}
	act(a, verb{id: "distrust", may: access.WriteMonitors, method: http.MethodDelete, path: "/trusted-people", tag: "charts", summary: "Take somebody off the list"},
		func(ctx context.Context, by access.Actor, in *distrustInput) error {
			return trusted.Remove(ctx, by, in.Network, in.Author)
		})
}

func trustedDocument(p *monitor.Person) client.TrustedPerson {
	return client.TrustedPerson{Network: p.Network, Author: p.Author, Note: p.Note, Added: p.Added}
}

func voicesDocument(v *monitor.Voices) client.Voices {
	doc := client.Voices{
		From: v.From, To: v.To, Made: v.Made, Posts: v.Posts, Of: v.Of, People: v.People, Interactions: v.Interactions, Trusted: v.Trusted,
		Voices: []client.Voice{},
	}
	for i := range v.Voices {
		doc.Voices = append(doc.Voices, voiceDocument(&v.Voices[i]))
	}
	return doc
}

func voiceDocument(v *monitor.Voice) client.Voice {
	doc := client.Voice{
		Network: v.Network, Author: v.Author, Label: v.Label, Rank: v.Rank, Low: v.Low, High: v.High, Reach: v.Reach, Amplifiers: v.Amplifiers,
		TrustShare: v.Trusted, Relative: v.Relative, Confirmed: v.Confirmed, HIndex: v.H, Constraint: v.Constraint,
		Posts: v.Posts, Positive: v.Positive, Negative: v.Negative, Earned: []client.Earning{}, Query: v.Query,
	}
	if v.Followers.Known {
		doc.Followers = &v.Followers.N
	}
	for _, e := range v.Earned {
		doc.Earned = append(doc.Earned, client.Earning{Seq: int64(e.Seq), Network: e.Key.Network, ID: e.Key.ID, Published: e.Published, Amplifiers: e.Amplifiers})
	}
	return doc
}
