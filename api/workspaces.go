package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
)

func (a *API) workspaces() {
	who := a.o.Access
	answer := func(w access.Workspace, err error) (client.Place, error) {
		return client.Place{ID: int64(w.ID), Version: w.Version, Name: w.Name, Created: w.Created, Archived: w.Archived}, err
	}
	route(a, verb{id: "workspaces", may: access.ReadBrands, method: http.MethodGet, path: "/workspaces", tag: "workspaces", summary: "List the workspaces that one may enter"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.WorkspaceList, error) {
			doc := client.WorkspaceList{Workspaces: []client.Place{}}
			list, err := who.Workspaces(ctx, by)
			for _, w := range list {
				one, _ := answer(w, nil)
				doc.Workspaces = append(doc.Workspaces, one)
			}
			return doc, err
		})
	type nameInput struct{ Body client.PlaceDraft }
	route(a, verb{id: "add-workspace", may: access.WriteWorkspaces, method: http.MethodPost, path: "/workspaces", tag: "workspaces", status: http.StatusCreated, small: true,
		summary: "Make a workspace; the owners of the first one may"},
		func(ctx context.Context, by access.Actor, in *nameInput) (client.Place, error) {
			return answer(who.AddWorkspace(ctx, by, in.Body.Name))
		})
	route(a, verb{id: "rename-workspace", may: access.WriteWorkspaces, method: http.MethodPost, path: "/workspace/rename", tag: "workspaces", small: true,
		summary: "Give the workspace another name"},
		func(ctx context.Context, by access.Actor, in *nameInput) (client.Place, error) {
			return answer(who.RenameWorkspace(ctx, by, in.Body.Version, in.Body.Name))
		})
	type seenInput struct{ Body client.Seen }
	act(a, verb{id: "archive-workspace", may: access.WriteWorkspaces, method: http.MethodPost, path: "/workspace/archive", tag: "workspaces", small: true,
		summary: "Close the workspace; nothing of it is lost"},
		func(ctx context.Context, by access.Actor, in *seenInput) error {
			return who.ArchiveWorkspace(ctx, by, in.Body.Version)
		})
	route(a, verb{id: "restore-workspace", who: operator, method: http.MethodPost, path: "/workspace/restore", tag: "workspaces", summary: "Open an archived workspace again"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Place, error) {
			return answer(who.RestoreWorkspace(ctx, by))
		})
	a.brands()
}

func (a *API) brands() {
	who := a.o.Access
	answer := func(b access.Brand, err error) (client.Place, error) {
		return client.Place{ID: int64(b.ID), Version: b.Version, Parent: int64(b.Parent), Name: b.Name, Created: b.Created, Archived: b.Archived}, err
	}
	route(a, verb{id: "brands", may: access.ReadBrands, method: http.MethodGet, path: "/brands", tag: "workspaces", summary: "List the brands by name"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.BrandList, error) {
			doc := client.BrandList{Brands: []client.Place{}}
			list, err := who.Brands(ctx, by)
			for _, b := range list {
				one, _ := answer(b, nil)
				doc.Brands = append(doc.Brands, one)
			}
			return doc, err
		})
	type addInput struct{ Body client.BrandDraft }
	route(a, verb{id: "add-brand", may: access.WriteBrands, method: http.MethodPost, path: "/brands", tag: "workspaces", status: http.StatusCreated, small: true, summary: "Make a brand"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Place, error) {
			return answer(who.AddBrand(ctx, by, in.Body.Name, access.BrandID(in.Body.Parent)))
		})
	type renameInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.PlaceDraft
	}
	route(a, verb{id: "rename-brand", may: access.WriteBrands, method: http.MethodPost, path: "/brands/{id}/rename", tag: "workspaces", small: true, summary: "Give a brand another name"},
		func(ctx context.Context, by access.Actor, in *renameInput) (client.Place, error) {
			return answer(who.RenameBrand(ctx, by, access.BrandID(in.ID), in.Body.Version, in.Body.Name))
		})
	type moveInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.BrandMove
	}
	route(a, verb{id: "move-brand", may: access.WriteBrands, method: http.MethodPost, path: "/brands/{id}/move", tag: "workspaces", small: true, summary: "Put a brand below another, or below none"},
		func(ctx context.Context, by access.Actor, in *moveInput) (client.Place, error) {
			return answer(who.MoveBrand(ctx, by, access.BrandID(in.ID), in.Body.Version, access.BrandID(in.Body.Parent)))
		})
	type seenInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.Seen
	}
	route(a, verb{id: "archive-brand", may: access.WriteBrands, method: http.MethodPost, path: "/brands/{id}/archive", tag: "workspaces", small: true, summary: "Put a brand away"},
		func(ctx context.Context, by access.Actor, in *seenInput) (client.Place, error) {
			return answer(who.ArchiveBrand(ctx, by, access.BrandID(in.ID), in.Body.Version))
		})
	route(a, verb{id: "restore-brand", may: access.WriteBrands, method: http.MethodPost, path: "/brands/{id}/restore", tag: "workspaces", small: true, summary: "Take a brand out of the archive"},
		func(ctx context.Context, by access.Actor, in *seenInput) (client.Place, error) {
			return answer(who.RestoreBrand(ctx, by, access.BrandID(in.ID), in.Body.Version))
		})
}
