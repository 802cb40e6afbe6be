package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Channel is a place that Hearth sends to by itself.
type Channel struct {
	ID       int64     `json:"id"`
	Version  int64     `json:"version"`
	Kind     string    `json:"kind" enum:"webhook,chat,mail"`
	Name     string    `json:"name"`
	Address  string    `json:"address" doc:"Of chats the host only: the rest is a secret"`
	Format   string    `json:"format,omitempty" doc:"Of a chat: slack, mattermost, discord or teams"`
	Events   []string  `json:"events" nullable:"false" doc:"None: everything but mention.created"`
	Monitors []int64   `json:"monitors" nullable:"false" doc:"About these only; none: all"`
	Query    string    `json:"query,omitempty" doc:"Of events about a post: only if it matches"`
	Class    string    `json:"class,omitempty" doc:"At least so serious: watch, act, all-hands"`
	Language string    `json:"language,omitempty" doc:"Of mails and chats: en, de, fi or zh; none: a mail as its receivers read, else English"`
	Paused   bool      `json:"paused"`
	Trouble  string    `json:"trouble,omitempty" doc:"Why Hearth paused it"`
	Owner    int64     `json:"owner,omitempty"`
	Waiting  int64     `json:"waiting" doc:"Dispatches"`
	Dead     int64     `json:"dead" doc:"Dispatches that need a person: dead or unknown"`
	Dropped  int64     `json:"dropped" doc:"Events that found no room"`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed"`
	Secret   string    `json:"secret,omitempty" doc:"What a webhook is signed with; shown once"`
}

// ChannelList is all channels.
type ChannelList struct {
	Channels []Channel `json:"channels" nullable:"false"`
}

// ChannelDraft is a channel to be.
type ChannelDraft struct {
	Kind     string   `json:"kind" enum:"webhook,chat,mail"`
	Name     string   `json:"name"`
	Address  string   `json:"address,omitempty" doc:"Of a webhook or chat; mail addresses, with commas"`
	Format   string   `json:"format,omitempty"`
	Events   []string `json:"events,omitempty"`
	Monitors []int64  `json:"monitors,omitempty"`
	Query    string   `json:"query,omitempty"`
	Class    string   `json:"class,omitempty"`
	Language string   `json:"language,omitempty" doc:"Of mails and chats: en, de, fi or zh"`
}

// ChannelChange changes a channel; what is left out stays.
type ChannelChange struct {
	Version  int64    `json:"version" minimum:"1" doc:"The version you saw"`
	Name     *string  `json:"name,omitempty"`
	Address  *string  `json:"address,omitempty"`
	Format   *string  `json:"format,omitempty"`
	Events   []string `json:"events,omitempty"`
	Monitors []int64  `json:"monitors,omitempty"`
	Query    *string  `json:"query,omitempty"`
	Class    *string  `json:"class,omitempty"`
	Language *string  `json:"language,omitempty" doc:"Of mails and chats: en, de, fi or zh; empty: as its receivers read, else English"`
	Paused   *bool    `json:"paused,omitempty"`
}

// PushKey is what a browser needs to take messages.
type PushKey struct {
	Key string `json:"key" doc:"Empty: browsers cannot take messages from here"`
}

// Dispatch is one message to one channel.
type Dispatch struct {
	ID        int64     `json:"id"`
	Channel   int64     `json:"channel"`
	Kind      string    `json:"kind"`
	Event     string    `json:"event"`
	MessageID string    `json:"messageId" doc:"What the receiver knows it by"`
	Title     string    `json:"title"`
	Body      string    `json:"body,omitempty"`
	State     string    `json:"state" enum:"queued,sending,sent,failed,unknown,dead"`
	Due       time.Time `json:"due"`
	Attempts  int64     `json:"attempts"`
	Status    int64     `json:"status,omitempty" doc:"Of the last answer"`
	Error     string    `json:"error,omitempty"`
	Created   time.Time `json:"created"`
	Begun     time.Time `json:"begun,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
	Log       []Try     `json:"log,omitempty"`
}

// Try is one time that a dispatch was tried.
type Try struct {
	Number int64     `json:"number"`
	Begun  time.Time `json:"begun"`
	Ended  time.Time `json:"ended,omitzero"`
	Result string    `json:"result"`
	Status int64     `json:"status,omitempty"`
	Error  string    `json:"error,omitempty"`
}

// DispatchPage is a page of dispatches, the newest first.
type DispatchPage struct {
	Dispatches []Dispatch `json:"dispatches" nullable:"false"`
	Paused     bool       `json:"paused" doc:"Nothing is sent from this workspace"`
	Next       int64      `json:"next,omitempty"`
}

// DispatchSettled says what became of a dispatch that is unknown.
type DispatchSettled struct {
	Decision string `json:"decision" enum:"arrived,again,failed"`
}

// Outbox is how sending goes.
type Outbox struct {
	Paused  bool  `json:"paused" doc:"Nothing leaves"`
	Waiting int64 `json:"waiting" doc:"Dispatches that are to be sent"`
	Unknown int64 `json:"unknown" doc:"Dispatches of which nobody knows whether they arrived"`
	Dead    int64 `json:"dead" doc:"Dispatches that were tried for three days"`
}

// Outbox says how sending goes.
func (c *Client) Outbox(ctx context.Context) (v Outbox, err error) {
	return v, c.call(ctx, http.MethodGet, "/outbox", nil, &v)
}

// Channels lists the channels.
func (c *Client) Channels(ctx context.Context) (list ChannelList, err error) {
	return list, c.call(ctx, http.MethodGet, "/channels", nil, &list)
}

// Channel gives one channel.
func (c *Client) Channel(ctx context.Context, id int64) (ch Channel, err error) {
	return ch, c.call(ctx, http.MethodGet, fmt.Sprintf("/channels/%d", id), nil, &ch)
}

// AddChannel makes a channel.
func (c *Client) AddChannel(ctx context.Context, draft ChannelDraft) (ch Channel, err error) {
	return ch, c.call(ctx, http.MethodPost, "/channels", draft, &ch)
}

// ChangeChannel changes a channel.
func (c *Client) ChangeChannel(ctx context.Context, id int64, change ChannelChange) (ch Channel, err error) {
	return ch, c.call(ctx, http.MethodPatch, fmt.Sprintf("/channels/%d", id), change, &ch)
}

// RemoveChannel takes a channel away.
func (c *Client) RemoveChannel(ctx context.Context, id int64) error {
	return c.call(ctx, http.MethodDelete, fmt.Sprintf("/channels/%d", id), nil, nil)
}

// RotateSecret gives a webhook another secret.
func (c *Client) RotateSecret(ctx context.Context, id int64) (ch Channel, err error) {
	return ch, c.call(ctx, http.MethodPost, fmt.Sprintf("/channels/%d/rotate", id), nil, &ch)
}

// TestMessage is what a test of a channel would send.
func (c *Client) TestMessage(ctx context.Context, id int64) (d Dispatch, err error) {
	return d, c.call(ctx, http.MethodGet, fmt.Sprintf("/channels/%d/test", id), nil, &d)
}

// TestChannel sends a test message.
func (c *Client) TestChannel(ctx context.Context, id int64) (ch Channel, err error) {
	return ch, c.call(ctx, http.MethodPost, fmt.Sprintf("/channels/%d/test", id), nil, &ch)
}

// PushKey gives what a browser needs to take messages.
func (c *Client) PushKey(ctx context.Context) (k PushKey, err error) {
	return k, c.call(ctx, http.MethodGet, "/push-key", nil, &k)
}

// Dispatches gives a page of what was, is and will be sent; channel 0 and state
// "" are any.
func (c *Client) Dispatches(ctx context.Context, channel int64, state string, before int64, limit int) (page DispatchPage, err error) {
	ask := url.Values{}
	number(ask, "channel", channel)
	word(ask, "state", state)
	number(ask, "before", before)
	number(ask, "limit", int64(limit))
	return page, c.call(ctx, http.MethodGet, "/dispatches?"+ask.Encode(), nil, &page)
}

// Dispatch gives one dispatch with every try.
func (c *Client) Dispatch(ctx context.Context, id int64) (d Dispatch, err error) {
	return d, c.call(ctx, http.MethodGet, fmt.Sprintf("/dispatches/%d", id), nil, &d)
}

// ReplayDispatch sends a dispatch again.
func (c *Client) ReplayDispatch(ctx context.Context, id int64) (d Dispatch, err error) {
	return d, c.call(ctx, http.MethodPost, fmt.Sprintf("/dispatches/%d/replay", id), nil, &d)
}

// CancelDispatch keeps a dispatch from being sent.
func (c *Client) CancelDispatch(ctx context.Context, id int64) (d Dispatch, err error) {
	return d, c.call(ctx, http.MethodPost, fmt.Sprintf("/dispatches/%d/cancel", id), nil, &d)
}

// SettleDispatch says what became of a dispatch: arrived, again or failed.
func (c *Client) SettleDispatch(ctx context.Context, id int64, decision string) (d Dispatch, err error) {
	return d, c.call(ctx, http.MethodPost, fmt.Sprintf("/dispatches/%d/settle", id), DispatchSettled{decision}, &d)
}

// PauseOutbox stops everything that leaves by itself.
func (c *Client) PauseOutbox(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/outbox/pause", nil, nil)
}

// ResumeOutbox lets it out again.
func (c *Client) ResumeOutbox(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/outbox/resume", nil, nil)
}

// Settlement says what became of many dispatches of which nobody knew.
type Settlement struct {
	Dispatches []int64 `json:"dispatches,omitempty" maxItems:"500" doc:"None: all that are unknown, of the channel if one is named; the oldest 500"`
	Channel    int64   `json:"channel,omitempty" minimum:"0"`
	Decision   string  `json:"decision" enum:"arrived,again,failed"`
}

// Settled is what SettleDispatches did.
type Settled struct {
	Settled int64 `json:"settled"`
	Passed  int64 `json:"passed,omitempty" doc:"Those named that were not unknown any more"`
	Left    int64 `json:"left" doc:"Those that are unknown still"`
}

// SettleDispatches says what became of dispatches: arrived, again or failed.
func (c *Client) SettleDispatches(ctx context.Context, s Settlement) (did Settled, err error) {
	return did, c.call(ctx, http.MethodPost, "/dispatches/settle", s, &did)
}
