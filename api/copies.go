package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/client"
	"hearth/copies"
	"hearth/monitor"
)

func (a *API) copies() {
	c := a.o.Copies
	type copiesInput struct {
		Network string `query:"network" required:"true" minLength:"1" maxLength:"32"`
		ID      string `query:"id" required:"true" minLength:"1" maxLength:"512" doc:"The post's id on its network"`
		Limit   int    `query:"limit" minimum:"0" maximum:"200" doc:"0: 50"`
	}
	route(a, verb{id: "copies", may: access.ReadPosts, method: http.MethodGet, path: "/post/copies", tag: "posts",
		summary: "List the posts that tell the same text as one"},
		func(ctx context.Context, by access.Actor, in *copiesInput) (client.Copies, error) {
			found, err := c.Of(ctx, by, hearth.Key{Network: in.Network, ID: in.ID}, in.Limit)
			doc := client.Copies{Cluster: clusterDocument(&found.Cluster), List: []client.Hit{}, More: found.More}
			for i := range found.List {
				doc.List = append(doc.List, hitDocument(&archive.Hit{Stored: found.List[i]}))
			}
			return doc, err
		})
	type collapsedInput struct{ Body client.CollapsedRequest }
	route(a, verb{id: "collapsed", may: access.ReadPosts, method: http.MethodPost, path: "/posts/collapsed", tag: "posts", heavy: true,
		summary: "Search what is kept and show each text, or person, once"},
		func(ctx context.Context, by access.Actor, in *collapsedInput) (client.CollapsedPage, error) {
			found, err := c.Search(ctx, by, monitor.PageSearch{
				Selection: selection(&in.Body.Search), Limit: in.Body.Limit, Cursor: in.Body.Cursor, Oldest: in.Body.Oldest,
			}, copies.Show(in.Body.Show))
			page := client.CollapsedPage{Posts: []client.CollapsedHit{}, Left: found.Left, Next: found.Next, Partial: found.Partial}
			for i := range found.Posts {
				one := client.CollapsedHit{Hit: hitDocument(&found.Posts[i].Hit)}
				if found.Posts[i].Cluster.Posts > 1 {
					cluster := clusterDocument(&found.Posts[i].Cluster)
					one.Copies = &cluster
				}
				page.Posts = append(page.Posts, one)
			}
			return page, err
		})
	type distinctInput struct{ Body client.Search }
	route(a, verb{id: "distinct", may: access.ReadPosts, method: http.MethodPost, path: "/posts/distinct", tag: "posts", heavy: true,
		summary: "Count posts, distinct texts and distinct people"},
		func(ctx context.Context, by access.Actor, in *distinctInput) (client.Distinct, error) {
			d, err := c.Count(ctx, by, selection(&in.Body))
			return client.Distinct(d), err
		})
	a.campaigns()
}

func (a *API) campaigns() {
	c := a.o.Copies
	type campaignsInput struct{ Body client.CampaignsRequest }
	route(a, verb{id: "campaigns", may: access.ReadPosts, method: http.MethodPost, path: "/campaigns", tag: "campaigns", heavy: true,
		summary: "Find texts that many pass on, and accounts that do so in step"},
		func(ctx context.Context, by access.Actor, in *campaignsInput) (client.Campaigns, error) {
			found, err := c.Campaigns(ctx, by, copies.CampaignSearch{Monitor: hearth.MonitorID(in.Body.Monitor), From: in.Body.From, To: in.Body.To})
			return campaignsDocument(&found), err
		})
	type muteInput struct{ Body client.CampaignMute }
	act(a, verb{id: "mute-campaign", may: access.WriteMonitors, method: http.MethodPost, path: "/campaigns/mute", tag: "campaigns",
		summary: "Take a campaign to the end of lists, or back"},
		func(ctx context.Context, by access.Actor, in *muteInput) error {
			return c.Mute(ctx, by, in.Body.Campaign, in.Body.Mute)
		})
	type ownInput struct{ Body client.OwnAccounts }
	act(a, verb{id: "own-accounts", may: access.WriteMonitors, method: http.MethodPost, path: "/campaigns/own", tag: "campaigns",
		summary: "Say whose accounts may act in step: our own, our ambassadors'"},
		func(ctx context.Context, by access.Actor, in *ownInput) error {
			var list []copies.Account
			for _, one := range in.Body.Accounts {
				list = append(list, copies.Account{Network: one.Network, Author: one.Author})
			}
			return c.Own(ctx, by, list, in.Body.Not)
		})
}

func clusterDocument(c *copies.Cluster) client.Cluster {
	return client.Cluster{Posts: c.Posts, Texts: c.Texts, People: c.People, First: c.First, Last: c.Last, Poster: int64(c.Poster)}
}

func campaignsDocument(found *copies.Campaigns) client.Campaigns {
	doc := client.Campaigns{
		From: found.From, To: found.To, Made: found.Made, Posts: found.Posts, All: found.All, People: found.People,
		Weight: found.Weight, Pairs: found.Pairs, Expected: found.Expected, Campaigns: []client.Campaign{},
	}
	for i := range found.Campaigns {
		one := &found.Campaigns[i]
		c := client.Campaign{
			ID: one.ID, Coordinated: one.Coordinated, Pairs: one.Edges, Posts: one.Posts, Texts: one.Texts, Network: one.First.Network, Post: one.First.ID,
			Title: one.Title, Poster: one.Poster, From: one.From, To: one.To, Links: append([]string{}, one.Links...), Accounts: []client.CampaignAccount{}, Muted: one.Muted,
		}
		for _, a := range one.Accounts {
			c.Accounts = append(c.Accounts, client.CampaignAccount(a))
		}
		doc.Campaigns = append(doc.Campaigns, c)
	}
	return doc
}
