package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/outbox"
)

func (a *API) outbox() {
	o := a.o.Outbox
	route(a, verb{id: "channels", may: access.ReadChannels, method: http.MethodGet, path: "/channels", tag: "channels", summary: "List the places that Hearth sends to by itself"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ChannelList, error) {
			list, err := o.Channels(ctx, by)
			doc := client.ChannelList{Channels: []client.Channel{}}
			for i := range list {
				doc.Channels = append(doc.Channels, channelDocument(&list[i]))
			}
			return doc, err
		})
	route(a, verb{id: "channel", may: access.ReadChannels, method: http.MethodGet, path: "/channels/{id}", tag: "channels", summary: "One channel"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Channel, error) {
			c, err := o.Channel(ctx, by, outbox.ChannelID(in.ID))
			return channelDocument(&c), err
		})
	type addInput struct{ Body client.ChannelDraft }
	route(a, verb{id: "add-channel", may: access.WriteChannels, method: http.MethodPost, path: "/channels", tag: "channels", status: http.StatusCreated,
		summary: "Make a channel; the secret of a webhook is shown this once"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Channel, error) {
			d := in.Body
			c, secret, err := o.AddChannel(ctx, by, outbox.ChannelDraft{Kind: outbox.Kind(d.Kind), Name: d.Name, Settings: outbox.Settings{
				Address: d.Address, Format: d.Format, Events: d.Events, Monitors: monitorsNamed(d.Monitors), Query: d.Query, Class: d.Class, Language: d.Language}})
			return withSecret(&c, secret), err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.ChannelChange
	}
	route(a, verb{id: "change-channel", may: access.WriteChannels, method: http.MethodPatch, path: "/channels/{id}", tag: "channels", summary: "Change a channel"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.Channel, error) {
			b := in.Body
			c, err := o.ChangeChannel(ctx, by, outbox.ChannelID(in.ID), b.Version, outbox.ChannelEdit{Name: b.Name, Address: b.Address, Format: b.Format,
				Events: b.Events, Monitors: monitorsNamed(b.Monitors), Query: b.Query, Class: b.Class, Language: b.Language, Paused: b.Paused})
			return channelDocument(&c), err
		})
	act(a, verb{id: "remove-channel", may: access.WriteChannels, method: http.MethodDelete, path: "/channels/{id}", tag: "channels", summary: "Take a channel away; what waits for it is not sent"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return o.RemoveChannel(ctx, by, outbox.ChannelID(in.ID))
		})
	route(a, verb{id: "rotate-secret", may: access.WriteChannels, method: http.MethodPost, path: "/channels/{id}/rotate", tag: "channels",
		summary: "Give a webhook another secret; for a day both sign"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Channel, error) {
			c, secret, err := o.RotateSecret(ctx, by, outbox.ChannelID(in.ID))
			return withSecret(&c, secret), err
		})
	route(a, verb{id: "test-channel", may: access.WriteChannels, method: http.MethodPost, path: "/channels/{id}/test", tag: "channels", summary: "Send a test message through a channel"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Channel, error) {
			c, err := o.TestChannel(ctx, by, outbox.ChannelID(in.ID))
			return channelDocument(&c), err
		})
	route(a, verb{id: "test-message", may: access.ReadChannels, method: http.MethodGet, path: "/channels/{id}/test", tag: "channels", summary: "What a test of a channel would send"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Dispatch, error) {
			d, err := o.TestMessage(ctx, by, outbox.ChannelID(in.ID))
			return dispatchDocument(&d), err
		})
	route(a, verb{id: "push-key", may: access.ReadAlerts, method: http.MethodGet, path: "/push-key", tag: "channels", summary: "What a browser needs to take messages"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.PushKey, error) {
			key, err := o.PushKey(ctx, by)
			return client.PushKey{Key: key}, err
		})
	a.devices()
	a.dispatches()
}

func (a *API) dispatches() {
	o := a.o.Outbox
	type pageInput struct {
		Channel int64  `query:"channel" minimum:"0" doc:"To this channel only"`
		State   string `query:"state" enum:"queued,sending,sent,failed,unknown,dead" doc:"In this state only"`
		Before  int64  `query:"before" minimum:"0" doc:"Next of the page before"`
		Limit   int    `query:"limit" minimum:"0" maximum:"500"`
	}
	route(a, verb{id: "dispatches", may: access.ReadChannels, method: http.MethodGet, path: "/dispatches", tag: "channels", summary: "List what was, is and will be sent, the newest first"},
		func(ctx context.Context, by access.Actor, in *pageInput) (client.DispatchPage, error) {
			page, err := o.Dispatches(ctx, by, outbox.Search{Channel: outbox.ChannelID(in.Channel), State: outbox.State(in.State),
				Before: outbox.DispatchID(in.Before), Limit: in.Limit})
			doc := client.DispatchPage{Dispatches: []client.Dispatch{}, Paused: page.Paused, Next: int64(page.Next)}
			for i := range page.Dispatches {
				doc.Dispatches = append(doc.Dispatches, dispatchDocument(&page.Dispatches[i]))
			}
			return doc, err
		})
	answer := func(d outbox.Dispatch, err error) (client.Dispatch, error) { return dispatchDocument(&d), err }
	route(a, verb{id: "dispatch", may: access.ReadChannels, method: http.MethodGet, path: "/dispatches/{id}", tag: "channels", summary: "One dispatch, with its body and every try"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Dispatch, error) {
			return answer(o.Dispatch(ctx, by, outbox.DispatchID(in.ID)))
		})
	route(a, verb{id: "replay-dispatch", may: access.WriteChannels, method: http.MethodPost, path: "/dispatches/{id}/replay", tag: "channels", summary: "Send a dispatch again, under the same id"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Dispatch, error) {
			return answer(o.Replay(ctx, by, outbox.DispatchID(in.ID)))
		})
	route(a, verb{id: "cancel-dispatch", may: access.WriteChannels, method: http.MethodPost, path: "/dispatches/{id}/cancel", tag: "channels", summary: "Keep a dispatch from being sent"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Dispatch, error) {
			return answer(o.Cancel(ctx, by, outbox.DispatchID(in.ID)))
		})
	type settleInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.DispatchSettled
	}
	route(a, verb{id: "settle-dispatch", may: access.WriteChannels, method: http.MethodPost, path: "/dispatches/{id}/settle", tag: "channels",
		summary: "Say what became of a dispatch that nobody knows the fate of"},
		func(ctx context.Context, by access.Actor, in *settleInput) (client.Dispatch, error) {
			return answer(o.Settle(ctx, by, outbox.DispatchID(in.ID), outbox.Decision(in.Body.Decision)))
		})
	type settleManyInput struct{ Body client.Settlement }
	route(a, verb{id: "settle-dispatches", may: access.WriteChannels, method: http.MethodPost, path: "/dispatches/settle", tag: "channels",
		summary: "Say what became of many dispatches that nobody knows the fate of"},
		func(ctx context.Context, by access.Actor, in *settleManyInput) (client.Settled, error) {
			s := outbox.Settlement{Channel: outbox.ChannelID(in.Body.Channel), Decision: outbox.Decision(in.Body.Decision)}
			for _, id := range in.Body.Dispatches {
				s.Dispatches = append(s.Dispatches, outbox.DispatchID(id))
			}
			did, err := o.SettleMany(ctx, by, s)
			return client.Settled{Settled: did.Settled, Passed: did.Passed, Left: did.Left}, err
		})
	route(a, verb{id: "outbox", may: access.ReadChannels, method: http.MethodGet, path: "/outbox", tag: "channels", summary: "How sending goes"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Outbox, error) {
			v, err := o.Overview(ctx, by)
			return client.Outbox{Paused: v.Paused, Waiting: v.Waiting, Unknown: v.Unknown, Dead: v.Dead}, err
		})
	act(a, verb{id: "pause-outbox", may: access.WriteChannels, method: http.MethodPost, path: "/outbox/pause", tag: "channels", summary: "Stop everything that leaves by itself"},
		func(ctx context.Context, by access.Actor, _ *struct{}) error { return o.Pause(ctx, by) })
	act(a, verb{id: "resume-outbox", may: access.WriteChannels, method: http.MethodPost, path: "/outbox/resume", tag: "channels", summary: "Let it out again"},
		func(ctx context.Context, by access.Actor, _ *struct{}) error { return o.Resume(ctx, by) })
}

func monitorsNamed(ids []int64) (list []hearth.MonitorID) {
	if ids != nil {
		list = []hearth.MonitorID{}
	}
	for _, id := range ids {
		list = append(list, hearth.MonitorID(id))
	}
	return list
}

func channelDocument(c *outbox.Channel) client.Channel {
	doc := client.Channel{
		ID: int64(c.ID), Version: c.Version, Kind: string(c.Kind), Name: c.Name, Address: c.Address, Format: c.Format, Events: append([]string{}, c.Events...),
		Monitors: []int64{}, Query: c.Query, Class: c.Class, Language: c.Language, Paused: c.Paused, Trouble: c.Trouble, Owner: int64(c.Owner), Waiting: c.Waiting, Dead: c.Dead,
		Dropped: c.Dropped, Created: c.Created, Changed: c.Changed,
	}
	for _, m := range c.Monitors {
		doc.Monitors = append(doc.Monitors, int64(m))
	}
	return doc
}

func withSecret(c *outbox.Channel, secret string) client.Channel {
	doc := channelDocument(c)
	doc.Secret = secret
	return doc
}

func dispatchDocument(d *outbox.Dispatch) client.Dispatch {
	doc := client.Dispatch{
		ID: int64(d.ID), Channel: int64(d.Channel), Kind: string(d.Kind), Event: d.Event, MessageID: d.MessageID, Title: d.Title, Body: string(d.Body),
		State: string(d.State), Due: d.Due, Attempts: d.Attempts, Status: d.Status, Error: d.Error, Created: d.Created, Begun: d.Begun, Ended: d.Ended,
	}
	for _, t := range d.Log {
		doc.Log = append(doc.Log, client.Try{Number: t.Number, Begun: t.Begun, Ended: t.Ended, Result: string(t.Result), Status: t.Status, Error: t.Error})
	}
	return doc
}
