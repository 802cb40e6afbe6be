package client

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Device is a browser in which somebody is told what happens.
type Device struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name" doc:"What the browser calls itself"`
	Service string    `json:"service" doc:"Host of its message service"`
	Class   string    `json:"class,omitempty" doc:"At least so serious: watch, act, all-hands"`
	Here    bool      `json:"here" doc:"It is the browser that asks"`
	Created time.Time `json:"created"`
}

// DeviceList is all devices of somebody.
type DeviceList struct {
	Devices []Device `json:"devices" nullable:"false"`
}

// DeviceDraft is a browser that is to tell its person.
type DeviceDraft struct {
	Subscription string `json:"subscription" maxLength:"4096" doc:"The JSON that the browser gives"`
	Name         string `json:"name,omitempty" maxLength:"256" doc:"What it calls itself"`
	Class        string `json:"class,omitempty" doc:"At least so serious: watch, act, all-hands; left out: everything"`
	Language     string `json:"language,omitempty" maxLength:"35" doc:"Of what it tells, if you chose none in your profile"`
}

// DeviceRenewal is a browser in which somebody has signed in again.
type DeviceRenewal struct {
	Subscription string `json:"subscription" maxLength:"4096" doc:"The JSON that the browser gives"`
}

// DeviceRenewed says in how many workspaces a browser goes on telling.
type DeviceRenewed struct {
	Renewed int `json:"renewed" doc:"Workspaces; none if the device was removed"`
}

// Devices lists the browsers that tell whoever asks.
func (c *Client) Devices(ctx context.Context) (list DeviceList, err error) {
	return list, c.call(ctx, http.MethodGet, "/devices", nil, &list)
}

// AddDevice lets a browser tell whoever is signed in with it.
func (c *Client) AddDevice(ctx context.Context, draft DeviceDraft) (d Device, err error) {
	return d, c.call(ctx, http.MethodPost, "/devices", draft, &d)
}

// RenewDevice lets a browser go on after signing in again.
func (c *Client) RenewDevice(ctx context.Context, subscription string) (r DeviceRenewed, err error) {
	return r, c.call(ctx, http.MethodPost, "/devices/renew", DeviceRenewal{Subscription: subscription}, &r)
}

// RemoveDevice lets a browser tell nothing any more.
func (c *Client) RemoveDevice(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, fmt.Sprintf("/devices/%d", id), nil, nil)
}

// TestDevice sends a test message to a browser.
func (c *Client) TestDevice(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodPost, fmt.Sprintf("/devices/%d/test", id), nil, nil)
}
