package e2e_test

import (
	"strings"
	"testing"
)

// proves TN7 on the pages: what takes four eyes is asked for with the usual form,
// approved by somebody else, and done with one press.
func TestWhatTakesFourEyesIsAskedForApprovedAndDone(t *testing.T) {
	w, ann := private(t)
	ann.open("/settings/approvals")
	ann.until(`!document.querySelector("#areas")`) // a lone owner cannot lock themself out
	ann.shot("approvals-alone")
	ann.open("/settings/team/invite")
	eval[any](ann, `document.querySelector("[name=role]").value = "owner"; 0`)
	ann.submit("#invite")
	ann.until(`document.getElementById("once")`)
	link := eval[string](ann, `document.getElementById("once").textContent.trim()`)
	ben := w.look(t, phone, "dark")
	ben.open(strings.TrimPrefix(link, w.address))
	ben.comeIn("ben", "Ben Example")

	ann.open("/settings/approvals")
	eval[any](ann, `document.querySelectorAll("[name=areas]").forEach((c) => { c.checked = ["roles", "channels"].includes(c.value); }); 0`)
	ann.submit("#areas")
	ann.until(`document.querySelector(".did")`)
	ann.shot("approvals-on")

	ann.open("/settings/team/invite")
	ann.fill("mail", "cleo@acme.example")
	ann.submit("#invite")
	ann.until(`location.pathname === "/settings/approvals/1"`)
	ann.shot("approval-asked")
	ann.sound()
	ann.accessible()
	ann.fill("why", "Cleo begins on Monday.")
	ann.submit("#why")
	ann.until(`document.querySelector("main").textContent.includes("Cleo begins on Monday.")`)
	ann.until(`!document.querySelector("button[value=approve]")`)

	ben.open("/")
	ben.until(`document.querySelector("main a[href='/settings/approvals']")`)
	ben.shot("approval-home")
	ben.open("/notices")
	ben.shot("approval-notices")
	ben.open("/settings/approvals")
	ben.shot("approvals-waiting")
	ben.sound()
	ben.accessible()
	ben.open("/settings/approvals/1")
	ben.shot("approval-decide")
	ben.sound()
	ben.accessible()
	eval[any](ben, `document.querySelector("button[value=approve]").click(); 0`)
	ben.until(`document.querySelector(".did")`)
	ben.shot("approval-approved")

	ann.open("/settings/approvals/1")
	ann.shot("approval-ready")
	eval[any](ann, `document.querySelector("button[value=do]").click(); 0`)
	ann.until(`document.getElementById("once")`)
	ann.shot("approval-done")
	ann.open("/settings/approvals?show=all")
	ann.until(`document.querySelector(".approvals .dot.good")`)
	ann.shot("approvals-all")
	ann.sound()
}
