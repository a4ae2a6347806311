"""The only public door: it owns organisations, partnerships, clients and who may call what, and no money,
contract or outcome. It decides who calls, signs that for the service behind, and alone calls more than one.
"""
