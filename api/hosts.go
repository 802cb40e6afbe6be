package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
	"hearth/ingest"
)

func (a *API) hosts() {
	route(a, verb{id: "hosts", may: access.ReadOperations, method: http.MethodGet, path: "/hosts", tag: "sources", summary: "The hosts that sources speak with, and their limits"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.HostList, error) {
			return a.hostList(ctx, by)
		})
}

func (a *API) hostList(ctx context.Context, by access.Actor) (client.HostList, error) {
	list := client.HostList{Hosts: []client.Host{}}
	all, err := a.o.Sources.Hosts(ctx, by)
	for i := range all {
		list.Hosts = append(list.Hosts, hostDocument(&all[i]))
	}
	return list, err
}

func hostDocument(h *ingest.Host) client.Host {
	t := &h.Totals
	doc := client.Host{
		Name: h.Name, Breaker: string(h.Breaker), Reason: h.Reason, RetryAt: h.RetryAt, Running: int64(h.Running),
		Calls: t.Calls, Failed: t.Failed, Limited: t.Limited, Retries: t.Retries, Refused: t.Refused, Limits: []client.Limit{},
	}
	for _, l := range h.Limits {
		limit := client.Limit{
			Source: int64(l.Source), Name: l.Name, Reset: l.Reset, Blocked: l.Blocked,
			Waiting: int64(l.Waiting), Waits: l.Waits, Waited: l.Waited.Seconds(),
		}
		if l.Known {
			limit.Limit, limit.Remaining = &l.Limit.Limit, &l.Remaining
		}
		doc.Limits = append(doc.Limits, limit)
	}
	return doc
}
