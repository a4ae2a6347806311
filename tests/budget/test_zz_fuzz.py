"""fuzz"""
import copy, json, uuid, os
import pytest
from tests.budget.place import Place, made
from tests.stack import a_caller
from tests.budget.years import real_year

ODD = [None, "", " ", "\u0000", "a\u0000b", "\u202eabc", "Привет", "x"*20_000, -1, 0, -0.0, 1e308, 10**30, 2**63, 2**31, -2**63, True, [], {}, [[]],
  "0001-01-01","9999-12-31","2015-02-31","2016-02-29","0000-01-01","10000-01-01","2015-04-01T00:00:00Z","9999/00","0000/01","2015/17","9999/10000","0001/02","NaN","Infinity","-0","1e400","1e-400","00000000-0000-0000-0000-000000000000", "\ud800", "9999-00-M14", "0001-02-M01","9998-99-M14", "٢٠١٥-٠٤-٠١"]

def deref(doc, s):
    while "$ref" in s:
        s = doc["components"]["schemas"][s["$ref"].split("/")[-1]]
    return s

def example(doc, s, depth=0):
    s = deref(doc, s)
    if "examples" in s and s["examples"]:
        return copy.deepcopy(s["examples"][0])
    if "example" in s: return copy.deepcopy(s["example"])
    for k in ("anyOf","oneOf"):
        if k in s: return example(doc, s[k][0], depth+1)
    if "allOf" in s: return example(doc, s["allOf"][0], depth+1)
    t = s.get("type")
    if "enum" in s: return s["enum"][0]
    if "const" in s: return s["const"]
    if t == "object": return {k: example(doc, v, depth+1) for k,v in s.get("properties",{}).items()}
    if t == "array": return [example(doc, s["items"], depth+1)]
    if t == "integer": return 1
    if t == "number": return 1
    if t == "boolean": return True
    if s.get("format")=="uuid": return str(uuid.uuid4())
    if s.get("format")=="date": return "2015-06-01"
    return "x"

def leaves(v, path=()):
    if isinstance(v, dict):
        for k in v: yield from leaves(v[k], (*path,k))
        yield path
    elif isinstance(v, list):
        for i in range(min(len(v),1)): yield from leaves(v[i], (*path,i))
        yield path
    else: yield path

def put(v, path, new):
    v = copy.deepcopy(v)
    if not path: return new
    at = v
    for p in path[:-1]: at = at[p]
    at[path[-1]] = new
    return v

def real(v, place):
    if isinstance(v, dict):
        return {k: real(x if k!="partnership_id" else str(place.partnership), place) for k,x in v.items()}
    if isinstance(v, list): return [real(x, place) for x in v]
    return v

async def test_fuzz(client_for):
    place = await Place().enter(client_for)
    pool, lines, fund = await real_year(place)
    known = [str(pool), str(fund), *map(str, lines.values()), str(place.agreement)]
    doc = place.pcc.document
    bad = {}
    n = 0
    now = {'leaf':'','odd':''}
    from tests.stack import Checked
    import httpx
    async def send(method, url, **o):
        nonlocal n
        n += 1
        try:
            a = await httpx.AsyncClient.request(place.pcc, method, url, **o)
        except Exception as e:
            if "surrogates" in repr(e) or "InvalidURL" in repr(e): return
            bad.setdefault((method, url, repr(e)[:100]), o); return
        if a.status_code >= 500:
            import re as _re
            bad.setdefault((method, _re.sub(r"[0-9a-f-]{36}","ID",url)[:60], now["leaf"]), str(o)[:200]+" ... "+str(now["odd"])[:60])
    part = os.environ.get("PART","get")
    for path, item in doc["paths"].items():
        for method, op in item.items():
            if not path.startswith("/v1"): continue
            if method == "get":
                if part != "get": continue
                qs = [p["name"] for p in op.get("parameters",[]) if p["in"]=="query"]
                ids = [p["name"] for p in op.get("parameters",[]) if p["in"]=="path"]
                base = {"partnership_id": str(place.partnership)} if "partnership_id" in qs else {}
                if "financial_year" in qs: base["financial_year"]="2015-16"
                if "pool_id" in qs and "pools" in path: base["pool_id"]=str(pool)
                url0 = path
                for i in ids: url0 = url0.replace("{"+i+"}", known[2])
                for odd in ODD:
                    if isinstance(odd,(list,dict,bool)) or odd is None: continue
                    o = str(odd)[:2000]
                    try: o.encode()
                    except UnicodeEncodeError: continue
                    for q in qs:
                        now.update(leaf=q, odd=o)
                        await send("GET", url0, params={**base, q: o})
                    for i in ids:
                        import urllib.parse
                        u = path
                        for j in ids: u = u.replace("{"+j+"}", urllib.parse.quote(o, safe="") or "x" if j==i else known[2])
                        await send("GET", u, params=base)
                for k in known:
                    u = path
                    for j in ids: u = u.replace("{"+j+"}", k)
                    await send("GET", u, params=base)
            else:
                if part == "get": continue
                rb = op.get("requestBody")
                if not rb or "application/json" not in rb["content"]: continue
                body = real(example(doc, rb["content"]["application/json"]["schema"]), place)
                for target in [known[2]]:
                    u0 = path
                    for p in op.get("parameters",[]):
                        if p["in"]=="path": u0 = u0.replace("{"+p["name"]+"}", target if method!="put" else "@@")
                    for leaf in [(), *leaves(body)]:
                        for odd in ODD:
                            try: data = json.dumps(put(body, leaf, odd)).encode()
                            except Exception: continue
                            u = u0.replace("@@", str(uuid.uuid4()))
                            now.update(leaf=str(leaf), odd=odd)
                            h = {"content-type":"application/json","Idempotency-Key":uuid.uuid4().hex,"If-Match":'"1"'}
                            await send(method.upper(), u, content=data, headers=h)
    print("SENT", n)
    for k, v in bad.items(): print("BAD", k, v)
    print(len(bad))
