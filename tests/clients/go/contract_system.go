// A council's contract system in Go, written with the generated client alone: it sends its register in and reads it back.
// Run by `make clients`: contract_system URL DEMO-CLIENTS.JSON
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	client "commissioning"
)

const register = "ContractReference,ContractTitle,SupplierName,StartDate,EndDate,ContractValue\n" +
	"GO-%[1]d-1,Advocacy,A Ltd,01/04/2015,31/03/2018,\"£1,234.00\"\n" +
	"GO-%[1]d-2,Carers' breaks,B Ltd,01/04/2015,,\n" +
	"GO-%[1]d-3,Equipment,C Ltd,31/02/2015,,50000000000.00\n"

type credentials struct {
	ID     string `json:"client_id"`
	Secret string `json:"client_secret"`
}

func main() {
	url, file := os.Args[1], os.Args[2]
	open := client.NewAPIClient(configuration(url))
	refuseStranger(open)
	council := signIn(open, url, file, "plymouth-city-council")
	number := time.Now().UnixNano() % 1_000_000_000
	text := fmt.Sprintf(register, number)
	tryTheRegister(council, text)
	importOnce(council, text, number)
	readBack(council, number)
	stranger := signIn(open, url, file, "torbay-council")
	seeNothing(stranger)
}

func configuration(url string) *client.Configuration {
	made := client.NewConfiguration()
	made.Servers = client.ServerConfigurations{{URL: url}}
	return made
}

func signIn(open *client.APIClient, url, file, name string) *client.APIClient {
	var all map[string]credentials
	text, err := os.ReadFile(file)
	must(err)
	must(json.Unmarshal(text, &all))
	token, _, err := open.TokensAPI.IssueToken(context.Background()).
		GrantType("client_credentials").ClientId(all[name].ID).ClientSecret(all[name].Secret).Execute()
	must(err)
	made := configuration(url)
	made.AddDefaultHeader("Authorization", "Bearer "+token.AccessToken)
	return client.NewAPIClient(made)
}

func refuseStranger(open *client.APIClient) {
	_, response, err := open.ContractsAPI.ListContracts(context.Background()).Execute()
	problem := problemOf(response, err, http.StatusUnauthorized)
	check(problem.Code == "token_missing", "without a token there is a typed problem")
}

func tryTheRegister(council *client.APIClient, text string) {
	report, _, err := imported(council, text, fmt.Sprintf("try-%d", time.Now().UnixNano()), true)
	must(err)
	check(report.DryRun, "a register is tried first, and nothing is kept")
	_, response, err := imported(council, "not,a,register\n", "bad", true)
	problem := problemOf(response, err, http.StatusUnprocessableEntity)
	check(len(problem.Detail) > 20, "a file that is no register is refused with a sentence")
}

func importOnce(council *client.APIClient, text string, number int64) {
	key := fmt.Sprintf("import-%d", number)
	first, answered, err := imported(council, text, key, false)
	must(err)
	again, repeated, err := imported(council, text, key, false)
	must(err)
	check(answered.Header.Get("Idempotency-Replayed") == "" && repeated.Header.Get("Idempotency-Replayed") == "true",
		"a register is taken once, and may be sent again")
	one, _ := json.Marshal(first)
	other, _ := json.Marshal(again)
	check(string(one) == string(other), "the repeat is the first answer")
	check(strings.Contains(string(one), "31/02/2015"), "the report names what is no date, with its row")
}

// imported sends the register as a file, since that is what a generated Go client takes.
func imported(council *client.APIClient, text, key string, dryRun bool) (*client.RegisterReportOut, *http.Response, error) {
	file, err := os.CreateTemp("", "register-*.csv")
	must(err)
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	must(err)
	_, err = file.Seek(0, 0)
	must(err)
	return council.RegisterImportsAPI.ImportRegister(context.Background()).
		IdempotencyKey("contract-system-" + key).DryRun(dryRun).Body(file).Execute()
}

func readBack(council *client.APIClient, number int64) {
	seen, cursor := map[string]bool{}, ""
	for pages := 0; pages < 100; pages++ {
		asked := council.ContractsAPI.ListContracts(context.Background()).Limit(2)
		if cursor != "" {
			asked = asked.Cursor(cursor)
		}
		page, _, err := asked.Execute()
		must(err)
		for _, each := range page.Items {
			if strings.HasPrefix(each.Reference, fmt.Sprintf("GO-%d-", number)) {
				seen[each.Reference] = true
			}
		}
		next, more := page.GetNextOk()
		if !more || next == nil || *next == "" {
			break
		}
		cursor = cursorOf(*next)
	}
	check(len(seen) == 2, fmt.Sprintf("the contracts that were taken are read back page by page (%d)", len(seen)))
}

// cursorOf is the cursor within the address of the next page.
func cursorOf(next string) string {
	_, after, found := strings.Cut(next, "cursor=")
	if !found {
		return next
	}
	cursor, _, _ := strings.Cut(after, "&")
	return cursor
}

func seeNothing(stranger *client.APIClient) {
	page, _, err := stranger.ContractsAPI.ListContracts(context.Background()).Execute()
	must(err)
	check(len(page.Items) == 0, "another council sees no contract")
}

func problemOf(response *http.Response, err error, status int) client.Problem {
	var refused *client.GenericOpenAPIError
	if !errors.As(err, &refused) || response == nil || response.StatusCode != status {
		panic(fmt.Sprintf("not refused with %d: %v", status, err))
	}
	var problem client.Problem
	must(json.Unmarshal(refused.Body(), &problem))
	return problem
}

func check(holds bool, what string) {
	if !holds {
		panic(what)
	}
	fmt.Println("ok   " + what)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
