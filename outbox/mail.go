package outbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"hearth/outbound"
)

// MailServer is where mails are handed in.
type MailServer struct {
	Host     string
	Port     int
	TLS      bool   // from the first byte on; else by STARTTLS, which must be there
	Plain    bool   // no TLS at all: for this machine only
	User     string // "": without
	Password string
	From     string // the sender of all mails
}

// sendMail hands a mail in. Up to the end of DATA a failure means that it was
// not taken; from there on only an answer tells.
func (o *Outbox) sendMail(ctx context.Context, d *Dispatch, c *Channel) outcome {
	server := o.o.Mail
	if server == nil {
		return outcome{fate: notTaken, err: "No mail server is configured."}
	}
	to, err := mail.ParseAddressList(c.Address)
	if err != nil {
		return outcome{fate: refusedIt, err: "The mail addresses cannot be read."}
	}
	from, err := mail.ParseAddress(server.From)
	if err != nil {
		return outcome{fate: notTaken, err: "The sender's address cannot be read; the operator sets it with --smtp-from."}
	}
	message, err := mailMessage(d, from, to)
	if err != nil {
		return outcome{fate: refusedIt, err: "The mail cannot be written: " + err.Error()}
	}
	client, err := o.mailClient(server)
	if err != nil {
		return outcome{fate: notTaken, err: err.Error()}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return mailFailure("connecting", err, notTaken)
	}
	defer session.Close()
	if err := session.Mail(from.Address); err != nil {
		return mailFailure("the sender", err, notTaken)
	}
	for _, a := range to {
		if err := session.Rcpt(a.Address); err != nil {
			return mailFailure("a recipient", err, notTaken)
		}
	}
	w, err := session.Data()
	if err != nil {
		return mailFailure("the mail", err, notTaken)
	}
	if _, err := io.Copy(w, bytes.NewReader(message)); err != nil {
		return mailFailure("the mail", err, notTaken) // its end was not sent
	}
	if err := w.Close(); err != nil {
		return mailFailure("the mail", err, uncertain)
	}
	session.Quit()
	return outcome{fate: taken, status: 250}
}

// mailMessage is the mail as it is sent; sent again it is the same.
func mailMessage(d *Dispatch, from *mail.Address, to []*mail.Address) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(from.String()); err != nil {
		return nil, err
	}
	for _, a := range to {
		if err := m.AddTo(a.String()); err != nil {
			return nil, err
		}
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	m.Subject(strings.Join(strings.Fields(d.Title), " "))
	m.SetMessageIDWithValue(fmt.Sprintf("%s@%s", d.MessageID, domain))
	m.SetDateWithValue(d.Created)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, string(d.Body))
	var b bytes.Buffer
	_, err := m.WriteTo(&b)
	return b.Bytes(), err
}

func (o *Outbox) mailClient(server *MailServer) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(server.Port), gomail.WithTimeout(sendTime), gomail.WithTLSPolicy(gomail.TLSMandatory),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := o.o.Out.DialContext(ctx, outbound.Mail, network, address)
			if err != nil || !server.TLS {
				return conn, err
			}
			secure := tls.Client(conn, &tls.Config{ServerName: server.Host, MinVersion: tls.VersionTLS12})
			if err := secure.HandshakeContext(ctx); err != nil {
				conn.Close()
				return nil, err
			}
			return secure, nil
		})}
	if server.TLS || server.Plain {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if server.User != "" {
		kind := gomail.SMTPAuthAutoDiscover
		if server.TLS { // which the library does not see, as it did not make the connection
			kind = gomail.SMTPAuthPlain
		}
		options = append(options, gomail.WithSMTPAuth(kind), gomail.WithUsername(server.User), gomail.WithPassword(server.Password))
	}
	return gomail.NewClient(server.Host, options...)
}

// mailFailure says what an error of the mail server means. An answer is certain;
// without one it is what it was given as.
func mailFailure(about string, err error, without fate) outcome {
	out := outcome{fate: without, err: "The mail server refused " + about + ": " + err.Error()}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		out.status, out.fate = answer.Code, notTaken
		if answer.Code/100 == 5 {
			out.fate = refusedIt
		}
		out.err = fmt.Sprintf("The mail server refused %s: %d %s", about, answer.Code, answer.Msg)
	}
	return out
}
