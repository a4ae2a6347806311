import time,uuid
from tests.contracts.register import *
from tests.contracts.test_register_imports import a_file, sent, council
async def test_big(council, stack):
    rows=[(f"A{i}", f"Day care {i}", f"Acme {i%700} Ltd", "01/04/2014","31/03/2017","1000","") for i in range(20000)]
    data=a_file(*rows)
    def fresh(): council.headers["X-Caller-Assertion"]=stack.assertion("contracts",council.caller)
    t=time.time(); r=await sent(council,data,dry_run=True); print('dry',time.time()-t, len(data))
    fresh(); t=time.time(); r=await sent(council,data); print('real',time.time()-t, r["counts"])
    fresh(); t=time.time(); r=await sent(council,data); print('again',time.time()-t, r["counts"])
    rows=[(*x[:5],"2000","") for x in rows[:2000]]
    fresh(); t=time.time(); r=await sent(council,a_file(*rows)); print('updates',time.time()-t, r["counts"])
