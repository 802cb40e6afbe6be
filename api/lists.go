package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
	"hearth/monitor"
)

func (a *API) lists() {
	l := monitor.NewLists(a.o.Monitors)
	all := func(lists []monitor.List, err error) (client.ListList, error) {
		doc := client.ListList{Lists: []client.List{}}
		for i := range lists {
			doc.Lists = append(doc.Lists, listDocument(&lists[i], nil))
		}
		return doc, err
	}
	route(a, verb{id: "lists", may: access.ReadMonitors, method: http.MethodGet, path: "/lists", tag: "lists", summary: "List the shared lists, by name"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ListList, error) {
			return all(l.List(ctx, by))
		})
	route(a, verb{id: "removed-lists", may: access.ReadMonitors, method: http.MethodGet, path: "/removed-lists", tag: "lists", summary: "List the shared lists that can be restored"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ListList, error) {
			return all(l.Removed(ctx, by))
		})
	route(a, verb{id: "list", may: access.ReadMonitors, method: http.MethodGet, path: "/lists/{id}", tag: "lists", summary: "One shared list, and who uses it"},
		func(ctx context.Context, by access.Actor, in *byID) (client.List, error) {
			list, uses, err := l.Get(ctx, by, in.ID)
			doc := listDocument(&list, nil)
			for _, u := range uses {
				doc.Uses = append(doc.Uses, client.ListUse{Monitor: int64(u.Monitor), Name: u.Name})
			}
			return doc, err
		})
	type addInput struct{ Body client.ListDraft }
	route(a, verb{id: "add-list", may: access.WriteMonitors, method: http.MethodPost, path: "/lists", tag: "lists", status: http.StatusCreated,
		summary: "Make a list of words, authors or sites that queries share"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.List, error) {
			list, taken, err := l.Create(ctx, by, monitor.ListDraft{Kind: monitor.ListKind(in.Body.Kind), Name: in.Body.Name, Text: in.Body.Text})
			return listDocument(&list, &taken), err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.ListChange
	}
	route(a, verb{id: "change-list", may: access.WriteMonitors, method: http.MethodPatch, path: "/lists/{id}", tag: "lists",
		summary: "Give a list another name or other entries; monitors that use it listen by them at once"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.List, error) {
			e := monitor.ListEdit{Name: in.Body.Name, Text: in.Body.Text, Add: in.Body.Add, Drop: in.Body.Drop}
			list, taken, err := l.Change(ctx, by, in.ID, in.Body.Version, e)
			return listDocument(&list, &taken), err
		})
	act(a, verb{id: "remove-list", may: access.WriteMonitors, method: http.MethodDelete, path: "/lists/{id}", tag: "lists", summary: "Take a list away that no monitor uses"},
		func(ctx context.Context, by access.Actor, in *byID) error { return l.Remove(ctx, by, in.ID) })
	route(a, verb{id: "restore-list", may: access.WriteMonitors, method: http.MethodPost, path: "/lists/{id}/restore", tag: "lists", summary: "Bring a removed list back"},
		func(ctx context.Context, by access.Actor, in *byID) (client.List, error) {
			list, err := l.Restore(ctx, by, in.ID)
			return listDocument(&list, nil), err
		})
}

func listDocument(l *monitor.List, taken *monitor.Taken) client.List {
	doc := client.List{
		ID: l.ID, Version: l.Version, Kind: string(l.Kind), Name: l.Name, Entries: append([]string{}, l.Entries...),
		Created: l.Created, Changed: l.Changed, Removed: l.Removed,
	}
	if taken != nil {
		doc.Taken = &client.ListTaken{Taken: taken.Taken, Known: taken.Known, Refused: []client.ListRefusal{}}
		for _, r := range taken.Refused {
			doc.Taken.Refused = append(doc.Taken.Refused, client.ListRefusal(r))
		}
	}
	return doc
}
