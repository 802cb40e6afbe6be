package api

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hearth"
	"hearth/access"
	"hearth/client"
)

func (a *API) keys() {
	who := a.o.Access
	document := func(k *access.APIKey) client.Key {
		doc := client.Key{ID: int64(k.ID), Name: k.Name, Scopes: []string{}, Brand: int64(k.Brand), By: int64(k.By), Created: k.Created, Expires: k.Expires, Seen: k.Seen, Revoked: k.Revoked}
		for _, p := range k.Scopes {
			doc.Scopes = append(doc.Scopes, string(p))
		}
		return doc
	}
	route(a, verb{id: "keys", may: access.ReadKeys, method: http.MethodGet, path: "/keys", tag: "keys", summary: "List the API keys, the newest first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.KeyList, error) {
			doc := client.KeyList{Keys: []client.Key{}}
			list, err := who.Keys(ctx, by)
			for i := range list {
				doc.Keys = append(doc.Keys, document(&list[i]))
			}
			return doc, err
		})
	type addInput struct{ Body client.KeyDraft }
	route(a, verb{id: "add-key", may: access.WriteKeys, method: http.MethodPost, path: "/keys", tag: "keys", status: http.StatusCreated, small: true,
		summary: "Make an API key; its secret is shown this once"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.NewKey, error) {
			d := access.KeyDraft{Name: in.Body.Name, Brand: access.BrandID(in.Body.Brand), Life: days(in.Body.Days)}
			for _, p := range in.Body.Scopes {
				d.Scopes = append(d.Scopes, access.Permission(p))
			}
			k, token, err := who.AddKey(ctx, by, d)
			return client.NewKey{Key: document(&k), Token: token}, err
		})
	act(a, verb{id: "revoke-key", may: access.WriteKeys, method: http.MethodDelete, path: "/keys/{id}", tag: "keys", summary: "End an API key at once"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return who.RevokeKey(ctx, by, access.KeyID(in.ID))
		})
}

// AuditFilter says which lines of the audit log are meant.
// AuditFilter says which lines are meant. It is exported because parameters of an
// embedded struct are found in no other.
type AuditFilter struct {
	User   int64  `query:"user" minimum:"0" doc:"By this user only, whatever they are called"`
	Actor  string `query:"actor" maxLength:"300" doc:"By this name only"`
	Verb   string `query:"verb" maxLength:"100" doc:"Such as monitor.change, or monitor. for all of them"`
	Object string `query:"object" maxLength:"300" doc:"Such as monitor/12, or monitor"`
	From   string `query:"from" doc:"RFC 3339"`
	To     string `query:"to" doc:"RFC 3339"`
	Before int64  `query:"before" minimum:"0" doc:"Next of the page before"`
	Limit  int    `query:"limit" minimum:"0" maximum:"1000"`
}

func (in *AuditFilter) search() (s access.AuditSearch, err error) {
	s = access.AuditSearch{User: hearth.UserID(in.User), Actor: in.Actor, Verb: in.Verb, Before: in.Before, Limit: in.Limit}
	s.Object.Kind, s.Object.ID, _ = strings.Cut(in.Object, "/")
	if s.From, err = moment("from", in.From); err != nil {
		return s, err
	}
	s.To, err = moment("to", in.To)
	return s, err
}

func (a *API) audit() {
	who := a.o.Access
	route(a, verb{id: "audit-log", may: access.ReadAudit, method: http.MethodGet, path: "/audit", tag: "audit", summary: "Who did what, the newest first"},
		func(ctx context.Context, by access.Actor, in *AuditFilter) (client.AuditPage, error) {
			doc := client.AuditPage{Lines: []client.AuditLine{}}
			search, err := in.search()
			if err != nil {
				return doc, err
			}
			page, err := who.AuditLog(ctx, by, search)
			doc.Next = page.Next
			for i := range page.Lines {
				l := &page.Lines[i]
				doc.Lines = append(doc.Lines, client.AuditLine{
					ID: l.ID, At: l.At, Kind: string(l.Kind), User: int64(l.User), Actor: l.Actor, Verb: l.Verb, Object: l.Object.Kind + "/" + l.Object.ID,
					Was: json.RawMessage(l.Was), Now: json.RawMessage(l.Now), Address: l.Address, Chain: hex.EncodeToString(l.Chain),
					Name: l.Named.Object, NameNow: l.Named.Now, Gone: l.Named.Gone, ActorNow: l.Named.Actor,
				})
			}
			return doc, err
		})
	route(a, verb{id: "verify-audit", may: access.ReadAudit, method: http.MethodGet, path: "/audit/verify", tag: "audit", heavy: true,
		summary: "Read the whole log and find what was altered or is missing"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.AuditCheck, error) {
			c, err := who.VerifyAudit(ctx, by)
			return client.AuditCheck{Lines: c.Lines, Wrong: c.Wrong, What: c.What, Head: hex.EncodeToString(c.Head)}, err
		})
	type choicesInput struct {
		Kind string `query:"kind" maxLength:"100" doc:"Things of this kind only"`
	}
	route(a, verb{id: "audit-choices", may: access.ReadAudit, method: http.MethodGet, path: "/audit/choices", tag: "audit", summary: "Whom and what the last lines of the log are about"},
		func(ctx context.Context, by access.Actor, in *choicesInput) (client.AuditChoices, error) {
			doc := client.AuditChoices{People: []client.AuditPerson{}, Objects: []client.AuditObject{}}
			c, err := who.AuditChoices(ctx, by, in.Kind)
			for _, p := range c.People {
				doc.People = append(doc.People, client.AuditPerson{Kind: string(p.Kind), User: int64(p.User), Name: p.Name})
			}
			for _, o := range c.Objects {
				doc.Objects = append(doc.Objects, client.AuditObject{Object: o.Kind + "/" + o.ID, Name: o.Name, Gone: o.Gone})
			}
			return doc, err
		})
	type exportInput struct {
		AuditFilter
		Format string `query:"format" enum:"ndjson,csv" doc:"ndjson if it is missing"`
	}
	export := a.operation(verb{id: "export-audit", may: access.ReadAudit, stream: true, method: http.MethodPost, path: "/audit/export", tag: "audit", small: true,
		summary: "Stream the lines that are meant, as NDJSON or CSV; leaves a line itself"})
	export.Responses["200"] = streamResponse("One AuditLine a line, or CSV", ndjson, "text/csv")
	huma.Register(a.huma, export, func(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
		by := actorOf(ctx)
		search, err := in.search()
		if err == nil {
			err = by.Check(access.ReadAudit)
		}
		if err == nil {
			err = by.CheckFresh(a.o.Clock())
		}
		if err != nil {
			return nil, a.trouble(ctx, err)
		}
		if in.Format == "" {
			in.Format = "ndjson"
		}
		return &huma.StreamResponse{Body: func(hctx huma.Context) {
			r, w := humago.Unwrap(hctx)
			a.exportAudit(w, r, by, search, in.Format)
		}}, nil
	})
}

// exportAudit streams lines; what cannot be finished breaks off.
func (a *API) exportAudit(w http.ResponseWriter, r *http.Request, by access.Actor, s access.AuditSearch, format string) {
	kind := ndjson
	if format == "csv" {
		kind = "text/csv; charset=utf-8; header=present"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="hearth-audit.`+format+`"`)
	steps := http.NewResponseController(w)
	steps.SetReadDeadline(hearth.SystemClock().Add(forever))
	ctx, stop := a.o.Access.Watch(r.Context(), by)
	defer stop()
	way := newPatientWriter(ctx, w, steps)
	err := a.o.Access.ExportAudit(ctx, by, s, format, way)
	if err == nil {
		return
	}
	a.o.Log.Warn("an export of the audit log broke off", "error", err)
	if way.begun {
		panic(http.ErrAbortHandler)
	}
	w.Header().Del("Content-Disposition")
	p := problemOf(err)
	writeProblem(w, p.Status, p)
}
