package outbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hearth"
)

var chatFormats = [...]string{"slack", "mattermost", "discord", "teams"}

// chatFormat guesses what speaks at a host.
func chatFormat(host string) string {
	switch {
	case strings.HasSuffix(host, "discord.com") || strings.HasSuffix(host, "discordapp.com"):
		return "discord"
	case strings.HasSuffix(host, "webhook.office.com") || strings.HasSuffix(host, "logic.azure.com") || strings.HasSuffix(host, "powerplatform.com"):
		return "teams"
	case strings.HasSuffix(host, "slack.com"):
		return "slack"
	}
	return "mattermost" // which speaks Slack's form
}

// messageID is what a receiver knows a message by: the same for the same event
// and channel, whoever makes it.
func messageID(c *Channel, e *Event) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", c.label("message"), e.Type, e.Key))
	return "msg_" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// Envelope is the body of a webhook.
type Envelope struct {
	Type      string             `json:"type"`
	Timestamp time.Time          `json:"timestamp"`
	Workspace hearth.WorkspaceID `json:"workspace"`
	Class     string             `json:"class,omitempty"`
	Title     string             `json:"title,omitempty"`
	Text      string             `json:"text,omitempty"`
	Link      string             `json:"link,omitempty"`
	Data      any                `json:"data,omitempty"`
}

const (
	mostBody = 256 << 10
	mostChat = 1800 // bytes; Discord takes 2,000 characters
)

// render makes the bytes that are sent. The event is in the language already.
func (o *Outbox) render(lang string, c *Channel, e *Event) ([]byte, error) {
	link := o.link(e.Path)
	switch c.Kind {
	case Webhook:
		return marshal(Envelope{Type: e.Type, Timestamp: e.At.UTC(), Workspace: c.workspace, Class: e.Class, Title: e.Title, Text: e.Text, Link: link, Data: e.Data})
	case Chat:
		return chatBody(c.Format, e.Title, shorten(e.Text, mostChat), link, o.say(lang, "Open in Hearth"))
	case Push:
		return marshal(toldBy(c, e))
	}
	var b strings.Builder
	b.WriteString(e.Text)
	if link != "" {
		b.WriteString("\n\n" + link)
	}
	b.WriteString("\n\n-- \n" + o.say(lang, fmt.Sprintf("Hearth sends this because your address stands in the channel %q.", c.Name)) + "\n")
	if about := o.link(fmt.Sprintf("/settings/channels/%d", c.ID)); about != "" {
		b.WriteString(about + "\n")
	}
	return []byte(b.String()), nil
}

// link is an address that leads from outside to one of our pages; "": nobody
// knows where they are. Other addresses stay as they are.
func (o *Outbox) link(path string) string {
	if !strings.HasPrefix(path, "/") {
		return path
	}
	if o.o.Address == "" {
		return ""
	}
	return strings.TrimSuffix(o.o.Address, "/") + path
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	if b.Len() > mostBody {
		return nil, hearth.Errorf(hearth.Invalid, "A message of %d bytes is too long to be sent.", b.Len())
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// slackSafe keeps words of others from being taken for commands of a chat.
var slackSafe = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// markdownSafe does the same where Markdown is read.
var markdownSafe = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`, "#", `\#`, "~", `\~`, "|", `\|`, "@", "@\u200b")

// chatBody is a message in the form that a chat takes; follow is what a button
// that leads to the link says.
func chatBody(format, title, text, link, follow string) ([]byte, error) {
	switch format {
	case "discord":
		content := "**" + markdownSafe.Replace(title) + "**\n" + markdownSafe.Replace(text)
		if link != "" {
			content += "\n" + link
		}
		return marshal(struct {
			Content  string              `json:"content"`
			Mentions map[string][]string `json:"allowed_mentions"`
		}{shorten(content, 2000), map[string][]string{"parse": {}}})
	case "teams":
		return marshal(teamsMessage(title, text, link, follow))
	case "mattermost":
		content := "**" + markdownSafe.Replace(title) + "**\n" + markdownSafe.Replace(text)
		if link != "" {
			content += "\n" + link
		}
		return marshal(struct {
			Text string `json:"text"`
		}{content})
	}
	content := "*" + slackSafe.Replace(title) + "*\n" + slackSafe.Replace(text)
	if link != "" {
		content += "\n<" + slackSafe.Replace(link) + ">"
	}
	return marshal(struct {
		Text   string `json:"text"`
		Unfurl bool   `json:"unfurl_links"`
	}{content, false})
}

type adaptiveBlock struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Wrap   bool   `json:"wrap"`
	Weight string `json:"weight,omitempty"`
}

type adaptiveAction struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

type adaptiveCard struct {
	Schema  string           `json:"$schema"`
	Type    string           `json:"type"`
	Version string           `json:"version"`
	Body    []adaptiveBlock  `json:"body"`
	Actions []adaptiveAction `json:"actions,omitempty"`
}

type teamsAttachment struct {
	ContentType string       `json:"contentType"`
	Content     adaptiveCard `json:"content"`
}

type teamsDocument struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

// teamsMessage is what a Teams workflow posts: an adaptive card.
func teamsMessage(title, text, link, follow string) teamsDocument {
	card := adaptiveCard{Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4", Body: []adaptiveBlock{
		{Type: "TextBlock", Text: markdownSafe.Replace(title), Wrap: true, Weight: "Bolder"},
		{Type: "TextBlock", Text: markdownSafe.Replace(text), Wrap: true},
	}}
	if link != "" {
		card.Actions = []adaptiveAction{{Type: "Action.OpenUrl", Title: follow, URL: link}}
	}
	return teamsDocument{Type: "message", Attachments: []teamsAttachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: card}}}
}
