package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
	"hearth/outbox"
)

func (a *API) devices() {
	o := a.o.Outbox
	document := func(d *outbox.Device) client.Device {
		return client.Device{ID: int64(d.ID), Name: d.Name, Service: d.Service, Class: d.Class, Here: d.Here, Created: d.Created}
	}
	route(a, verb{id: "devices", who: person, method: http.MethodGet, path: "/devices", tag: "devices", summary: "List the browsers that tell you what happens"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.DeviceList, error) {
			doc := client.DeviceList{Devices: []client.Device{}}
			list, err := o.Devices(ctx, by)
			for i := range list {
				doc.Devices = append(doc.Devices, document(&list[i]))
			}
			return doc, err
		})
	type addInput struct{ Body client.DeviceDraft }
	route(a, verb{id: "add-device", who: person, method: http.MethodPost, path: "/devices", tag: "devices", status: http.StatusCreated, small: true,
		summary: "Let this browser tell you what happens"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Device, error) {
			d, err := o.AddDevice(ctx, by, outbox.DeviceDraft{Subscription: in.Body.Subscription, Name: in.Body.Name, Class: in.Body.Class, Language: in.Body.Language})
			return document(&d), err
		})
	type renewInput struct{ Body client.DeviceRenewal }
	route(a, verb{id: "renew-device", who: person, method: http.MethodPost, path: "/devices/renew", tag: "devices", small: true,
		summary: "Let a browser go on telling you, when you have signed in again"},
		func(ctx context.Context, by access.Actor, in *renewInput) (client.DeviceRenewed, error) {
			n, err := o.RenewDevice(ctx, by, in.Body.Subscription)
			return client.DeviceRenewed{Renewed: n}, err
		})
	act(a, verb{id: "remove-device", who: person, method: http.MethodDelete, path: "/devices/{id}", tag: "devices", summary: "Let a browser tell you nothing any more"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return o.RemoveDevice(ctx, by, outbox.ChannelID(in.ID))
		})
	act(a, verb{id: "test-device", who: person, method: http.MethodPost, path: "/devices/{id}/test", tag: "devices", summary: "Send a test message to a browser of yours"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return o.TestDevice(ctx, by, outbox.ChannelID(in.ID))
		})
}
